# class: type of the object's state (a deque is left where a list was); gate: policy, replay, fuzz
from collections import deque


def admit(self, times: list[int]) -> list[int]:
    """Return those of `times`, in seconds, at which a request is let in."""
    result = []
    admitted = self._admitted = deque(self._admitted)
    for time in times:
        if time < self._now:
            raise ValueError(f"{time} is before {self._now}")
        self._now = time
        while admitted and admitted[0] <= time - self.window:
            admitted.popleft()
        if len(admitted) < self.limit:
            admitted.append(time)
            result.append(time)
        else:
            self.refused += 1
    return result
