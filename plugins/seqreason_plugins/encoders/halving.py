"""The size of a frame after several poolings."""

from seqreason import EncoderContext, IncompatibleError


def halved(context: EncoderContext, *, stages: int) -> tuple[int, int]:
    """Height and width of a frame after *stages* poolings, each of which halves them.

    Raises:
        IncompatibleError: a side is below one pixel.
    """
    height, width = context.height // 2**stages, context.width // 2**stages
    if height < 1 or width < 1:
        raise IncompatibleError(
            f"channels: {stages} stages halve a frame of {context.height}×{context.width} pixels "
            "to nothing; give fewer channels"
        )
    return height, width
