"""What a law's check says of a plug-in: that it breaks the law, or that the law does not apply."""


class BrokenLawError(Exception):
    """Raised by a check: the plug-in does not keep the law, and this is what came instead."""


class NotApplicableError(Exception):
    """Raised by a check: the law says nothing about this case; the reason is told."""


def demand(holds: object, message: str) -> None:
    """Nothing, where *holds* is true.

    Raises:
        BrokenLawError: otherwise, with *told*.
    """
    if not holds:
        raise BrokenLawError(message)
