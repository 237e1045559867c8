# kind: algorithm (one lookup a name)
def settle(balances: dict[str, int], moves: list[tuple[str, str, int]]) -> None:
    """Apply moves (payer, payee, amount) to the balances, in place.

    Raises KeyError for an account that is not there; moves before it have been applied whole.
    """
    for payer, payee, amount in moves:
        left = balances[payer] - amount
        if payer != payee:
            right = balances[payee] + amount
            balances[payer] = left
            balances[payee] = right
