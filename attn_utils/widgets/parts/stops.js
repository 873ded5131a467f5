// A grid is one stop of the Tab key: arrow keys lead on inside it.

// Rows and columns that a key leads on.
const WAYS = {
  ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity], End: [0, Infinity],
};

/** Of so many places, counted from 0, the one that is nearest. */
export function inside(at, count) {
  return Math.min(Math.max(at, 0), count - 1);
}

/** The cell to which a key leads in a grid of so many rows and columns: an arrow to the next one, Home and End to the
    ends of its row; null for any other key. */
export function ledTo(event, [row, column], [rows, columns]) {
  const way = WAYS[event.key];
  if (!way) return null;
  event.preventDefault();
  return [inside(row + way[0], rows), inside(column + way[1], columns)];
}

/** Let the Tab key stop at `next` and no longer at `stop`; returns what is now the stop. */
export function stopAt(next, stop) {
  if (next === stop) return stop;
  // Who stands in the grid goes with it, whoever moved it.
  const here = stop && stop === document.activeElement;
  if (stop) stop.tabIndex = -1;
  next.tabIndex = 0;
  if (here) next.focus();
  return next;
}
