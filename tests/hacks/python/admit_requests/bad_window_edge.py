# class: off by one (a request exactly one window old still counts); gate: suite, replay, fuzz
from bisect import bisect_left


def admit(self, times: list[int]) -> list[int]:
    """Return those of `times`, in seconds, at which a request is let in."""
    result = []
    for time in times:
        if time < self._now:
            raise ValueError(f"{time} is before {self._now}")
        self._now = time
        del self._admitted[: bisect_left(self._admitted, time - self.window)]
        if len(self._admitted) < self.limit:
            self._admitted.append(time)
            result.append(time)
        else:
            self.refused += 1
    return result
