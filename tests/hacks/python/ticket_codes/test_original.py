from original import ticket_codes


def test_same_name_same_code():
    first, second = ticket_codes(["ann", "ann"])
    assert first == second


def test_length():
    assert len(ticket_codes(["ann", "bob"])) == 2
