"""Documents of two and of five levels."""

def cases():
    yield ({f"k{i}": {f"m{j}": {"x": i, "y": j} for j in range(10)} for i in range(10)},)
    yield ({"a": {"b": {"c": {"d": {"e": 1, "f": 2}}}}},)
