"""How a law's check ends: it returns, the law is broken, or the law does not apply."""


class BrokenLawError(Exception):
    """Raised by a check: the plug-in breaks the law; the message says how."""


class NotApplicableError(Exception):
    """Raised by a check: the law does not apply to this case; the message says why."""


def demand(holds: object, message: str) -> None:
    """Require that *holds* is true.

    Raises:
        BrokenLawError: it is not; with *message*.
    """
    if not holds:
        raise BrokenLawError(message)
