"""Paths, and a text that none begins."""


def cases():
    yield (
        "/api/v1/users/name/of/some/length",
        [f"/api/v{i}/users/name/of/some" for i in range(50)],
    )
    yield ("zzz", [f"name that is rather long {i}" for i in range(100)])
