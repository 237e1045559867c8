"""Documents with many names, of which the last is asked for."""


def cases():
    wide = {f"k{number}": {f"j{inner}": inner for inner in range(8)} for number in range(30)}
    yield (wide, "/k29/j7")
    yield ({"items": [{"id": number} for number in range(40)]}, "/items/39/id")
