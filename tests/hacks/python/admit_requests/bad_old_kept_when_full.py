# class: state left in the object (what is over is only dropped where the limit is reached); gate: replay, fuzz
def admit(self, times: list[int]) -> list[int]:
    """Return those of `times`, in seconds, at which a request is let in."""
    result = []
    for time in times:
        if time < self._now:
            raise ValueError(f"{time} is before {self._now}")
        self._now = time
        if len(self._admitted) >= self.limit:
            over = time - self.window
            self._admitted = [earlier for earlier in self._admitted if earlier > over]
        if len(self._admitted) < self.limit:
            self._admitted.append(time)
            result.append(time)
        else:
            self.refused += 1
    return result
