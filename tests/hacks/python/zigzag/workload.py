def cases():
    for k in (10**9, 10**12, 10**18, 10**40):
        yield (k,)
