# kind: method with state (what is over is found by bisection, as times only grow)
from bisect import bisect_right


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
        del self._admitted[: bisect_right(self._admitted, time - self.window)]
        if len(self._admitted) < self.limit:
            self._admitted.append(time)
            result.append(time)
        else:
            self.refused += 1
    return result
