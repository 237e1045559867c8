def cases():
    yield ([f"  line  {i} of   many words to   be joined " for i in range(200)],)
