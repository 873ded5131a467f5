// A grid is one stop of the Tab key: arrow keys lead on inside it.

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
