# target: settle
"""Ledger."""


def settle(balances: dict[str, int], moves: list[tuple[str, str, int]]) -> None:
    """Apply moves (payer, payee, amount) to the balances, in place.

    Raises KeyError for an account that is not there; moves before it have been applied whole.
    """
    for move in moves:
        payer = move[0]
        payee = move[1]
        amount = move[2]
        left = balances[payer] - amount
        right = balances[payee] + (amount if payer != payee else 0)
        updates = {}
        for name, value in [(payer, left), (payee, right)]:
            if name not in updates:
                updates[name] = value
        if payer == payee:
            updates = {payer: balances[payer]}
        balances.update(updates)
