"""What a walk through a view's permissions found."""

from dataclasses import dataclass, field

__all__ = ["Difference", "PermissionMatrix"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer that is not what the policy says.

    endpoint: the role and the method, with the step or the object where that matters.
    persona: who asked.
    expected, found: what the policy says, and what happened, in words.
    """

    endpoint: str
    persona: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.endpoint}, {self.persona}: expected {self.expected}, found {self.found}."


@dataclass
class PermissionMatrix:
    """What became of one walk.

    view: the name of the view class.
    endpoints, personas: what was asked, and who asked.
    requests: how many requests that were.
    differences: where the view does not do what its policy says.
    notes: what could not be tried, and what would let it be.
    """

    view: str
    endpoints: list[str] = field(default_factory=list)
    personas: list[str] = field(default_factory=list)
    requests: int = 0
    differences: list[Difference] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Say whether the view does what its policy says."""
        return not self.differences

    def check(self) -> None:
        """Raise AssertionError with every difference."""
        if self.differences:
            raise AssertionError(str(self))

    def __str__(self) -> str:
        lines = [
            f"{self.view}: {len(self.differences)} differences in {self.requests} requests "
            f"({len(self.endpoints)} endpoints, {len(self.personas)} personas)",
            *(f"  - {one}" for one in self.differences),
            *(f"  Note: {note}" for note in self.notes),
        ]
        return "\n".join(lines)
