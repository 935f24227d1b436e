"""What is left of a frame that pooling halves again and again."""

from seqreason import EncoderContext, IncompatibleError


def halved(context: EncoderContext, *, stages: int) -> tuple[int, int]:
    """Height and width of a frame after *stages* poolings, each half the size of the one before.

    Raises:
        IncompatibleError: nothing is left.
    """
    height, width = context.height // 2**stages, context.width // 2**stages
    if height < 1 or width < 1:
        raise IncompatibleError(
            f"{stages} stages halve a frame of {context.height}×{context.width} "
            "pixels away; give fewer channels"
        )
    return height, width
