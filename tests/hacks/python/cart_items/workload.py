from original import Cart


def cases():
    yield (Cart(10**9), [(f"n{i}", i) for i in range(60)])
    yield (Cart(10**9), [(f"n{i}", i * 7 % 13) for i in range(90)])
