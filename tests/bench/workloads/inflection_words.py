"""Names as they stand in programs, short to long."""


def cases():
    yield ("UserAccount",)
    yield ("HTTPResponseStatusCode",)
    yield ("person_Street-addressID",)
    yield ("activeModel-ValidationErrorMessage_id",)
