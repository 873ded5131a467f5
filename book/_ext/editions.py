"""What the editions without programs say of themselves: the PDF and the EPUB."""

TITLE = "Attention, Alive"
SUBTITLE = "An executable textbook, from weighted fusion to the Transformer"
STILL = (
    "In this edition every picture stands still. Online they move, and a sentence that "
    "asks you to drag, press or type is meant for them there"
)
