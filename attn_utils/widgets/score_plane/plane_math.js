// Which key wins where: the weights at every place where the query could stand, the borders
// between the regions, and where a region has room for its name.
// A test holds the numbers equal to the package, to 1e-6.
import { additiveScores, bilinearScores, dotScores, gaussianScores, scaledDotScores } from "../parts/scores.js";
import { maskedSoftmax, weightedSum } from "../parts/attention.js";

const SCORE_OF = {
  distance: (query, { key, bandwidth }) => gaussianScores(query, key, bandwidth),
  product: (query, { key }) => dotScores(query, key),
  scaled: (query, { key }) => scaledDotScores(query, key),
  bilinear: (query, { key, matrix }) => bilinearScores(query, key, matrix),
  additive: (query, { key, additive }) => additiveScores(query, key, additive),
};

/** What one query gets: a score and a weight for each key, its part, all of them together. */
export function attend(query, state) {
  const scores = SCORE_OF[state.score](query, state);
  const weights = maskedSoftmax(scores, scores.map(() => true));
  const pieces = weights.map((weight, i) => weight * state.value[i]);
  return { scores, weights, pieces, context: weightedSum(weights, state.value), winner: largest(scores) };
}

function largest(scores) {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i] > scores[best]) best = i;
  return best;
}

/** Ask at `size` × `size` places, from `low` to `high` in both directions, the lowest row
    first: every score, who wins, and with which weight. */
export function field(state, size) {
  const { key, low, high } = state;
  const scoresAt = SCORE_OF[state.score];
  const at = Float64Array.from({ length: size }, (_, i) => low + ((high - low) * i) / (size - 1));
  const scores = new Array(size * size);
  const winner = new Uint8Array(size * size);
  const weight = new Float64Array(size * size);
  const query = [0, 0];
  for (let n = 0; n < size * size; n++) {
    query[0] = at[n % size];
    query[1] = at[(n - (n % size)) / size];
    const here = scoresAt(query, state);
    const best = largest(here);
    let total = 0;
    for (let i = 0; i < key.length; i++) total += Math.exp(here[i] - here[best]);
    scores[n] = here;
    winner[n] = best;
    weight[n] = 1 / total; // the best one's: e to 0, over the sum
  }
  return { size, at, scores, winner, weight };
}

/** The borders between the regions, as pieces [x, y, x, y]. Straight ones are exact. */
export function borders({ size, at, scores, winner }) {
  const pieces = [];
  const step = at[1] - at[0];
  for (let row = 0; row + 1 < size; row++) {
    for (let column = 0; column + 1 < size; column++) {
      const first = row * size + column;
      const [a, b, c, d] = [first, first + 1, first + size + 1, first + size];
      if (winner[a] === winner[b] && winner[a] === winner[c] && winner[a] === winner[d]) continue;
      const crossings = [];
      for (const [from, to] of [[a, b], [b, c], [c, d], [d, a]]) {
        const [one, two] = [winner[from], winner[to]];
        if (one === two) continue;
        // Where the two are equal, their difference taken to be straight in between.
        const before = scores[from][one] - scores[from][two];
        const after = scores[to][two] - scores[to][one];
        const share = before / (before + after || 1);
        const between = (place) => at[place(from)] + share * (at[place(to)] - at[place(from)]);
        crossings.push([between((n) => n % size), between((n) => (n - (n % size)) / size)]);
      }
      if (crossings.length === 2) pieces.push([...crossings[0], ...crossings[1]]);
      else {
        const met = meeting(scores, [a, b, d], [...new Set([a, b, c, d].map((n) => winner[n]))]);
        const [x, y] = met ? [at[column] + met[0] * step, at[row] + met[1] * step] : [0, 1].map((i) =>
          crossings.reduce((sum, place) => sum + place[i], 0) / crossings.length);
        for (const place of crossings) pieces.push([...place, x, y]);
      }
    }
  }
  return pieces;
}

/** Where three keys that win at a square's corners score alike, in parts of its side; null if
    that lies outside the square, or if only two win there. */
function meeting(scores, [origin, right, up], keys) {
  if (keys.length < 3) return null;
  const [i, j, k] = keys;
  const [[a, b, e], [c, d, f]] = [[i, j], [j, k]].map(([one, two]) => {
    const apart = (n) => scores[n][one] - scores[n][two];
    return [apart(right) - apart(origin), apart(up) - apart(origin), -apart(origin)];
  });
  const size = a * d - b * c;
  const [x, y] = [(e * d - b * f) / size, (a * f - e * c) / size];
  return Math.max(Math.abs(x - 0.5), Math.abs(y - 0.5)) < 0.5 + 1e-9 ? [x, y] : null;
}

/** For each key the place [x, y, room] inside its region that lies farthest from every border
    and from what is `taken`, lines [from x, to x, y], and how far; null where it has no room.
    A name is wider than it is high, so a step sideways counts half. */
export function roomiest({ size, at, winner }, taken) {
  const step = at[1] - at[0];
  const room = new Float64Array(size * size).fill(Infinity);
  for (let n = 0; n < size * size; n++) {
    const column = n % size;
    const edge = column === 0 || column === size - 1 || n < size || n >= size * (size - 1);
    if (edge || winner[n] !== winner[n + 1] || winner[n] !== winner[n + size]) room[n] = 0;
  }
  const nearest = (n) => Math.min(Math.max(Math.round((n - at[0]) / step), 0), size - 1);
  for (const [from, to, y] of taken) room.fill(0, nearest(y) * size + nearest(from), nearest(y) * size + nearest(to) + 1);
  // There and back again, each time from neighbours that are already right.
  const near = [[1, 0.5], [size - 1, 1.1], [size, 1], [size + 1, 1.1]];
  const approach = (n, way) => {
    for (const [off, far] of near) room[n] = Math.min(room[n], room[n - way * off] + far);
  };
  for (let n = size + 1; n < size * size; n++) approach(n, 1);
  for (let n = size * (size - 1) - 2; n >= 0; n--) approach(n, -1);
  const best = taken.map(() => -1);
  for (let n = 0; n < size * size; n++) {
    const i = winner[n];
    if (best[i] < 0 || room[n] > room[best[i]]) best[i] = n;
  }
  return best.map((n) => (n < 0 || room[n] === 0 ? null : [at[n % size], at[(n - (n % size)) / size], room[n] * step]));
}
