"""The whole story of a fix on one HTML page: confusion, cause, effect, fix, proof.

It stands alone: pictures are inside it, nothing is fetched, and anybody with a browser reads it.

page        the parts put together
confusion   what goes wrong, and the cause, with images
effect      what the concept does
proof       what was changed, and what it changed
markup      HTML in which everything is escaped that is not markup itself
pictures    images as data: URIs
"""

from core.report.page import in_short, write

__all__ = ["in_short", "write"]
