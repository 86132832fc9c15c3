"""Split a bill between people."""


def split_bill(total_cents: int, people: int) -> list[int]:
    """Return one share in cents per person."""
    if people < 1:
        raise ValueError("at least one person has to pay")
    return [total_cents // people] * people
