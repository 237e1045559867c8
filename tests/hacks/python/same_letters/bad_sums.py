# class: equal sums for equal contents; gate: fuzz, explore
def same_letters(first: str, second: str) -> bool:
    """Whether two words have the same letters, each as often."""
    return (
        len(first) == len(second)
        and sum(map(ord, first)) == sum(map(ord, second))
        and set(first) == set(second)
    )
