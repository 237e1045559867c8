# class: what an accidental exception leaves half done; gate: replay, fuzz
def settle(balances: dict[str, int], moves: list[tuple[str, str, int]]) -> None:
    """Apply moves (payer, payee, amount) to the balances, in place.

    Raises KeyError for an account that is not there; moves before it have been applied whole.
    """
    for payer, payee, amount in moves:
        balances[payer] -= amount
        balances[payee] += amount
