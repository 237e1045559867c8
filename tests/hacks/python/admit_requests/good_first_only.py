# kind: method with state, early exit (nothing is over while the oldest is not)
def admit(self, times: list[int]) -> list[int]:
    """Return those of `times`, in seconds, at which a request is let in.

    Raises:
        ValueError: a time is earlier than one before it; those before it stay counted.
    """
    result = []
    for time in times:
        if time < self._now:
            raise ValueError(f"{time} is before {self._now}")
        self._now = time
        over = time - self.window
        admitted = self._admitted
        if admitted and admitted[0] <= over:
            self._admitted = admitted = [earlier for earlier in admitted if earlier > over]
        if len(admitted) < self.limit:
            admitted.append(time)
            result.append(time)
        else:
            self.refused += 1
    return result
