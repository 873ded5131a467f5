// How the book draws what is off, hidden or left out.
import { hundredths } from "./axes.js";

/** Lines from the lower left to the upper right, all over a rectangle. */
export function hatching(x, y, wide, high) {
  const step = 6; // from line to line
  const lines = [];
  for (let along = step; along < wide + high; along += step) {
    const right = Math.min(along, wide);
    const left = Math.max(0, along - high);
    lines.push(`M${hundredths(x + right)} ${hundredths(y + along - right)}L${hundredths(x + left)} ${hundredths(y + along - left)}`);
  }
  return lines.join("");
}
