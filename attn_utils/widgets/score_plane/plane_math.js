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
  const { low, high } = state;
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
    scores[n] = here;
    winner[n] = largest(here);
    weight[n] = winnersWeight(here, winner[n], 1);
  }
  return { size, at, scores, winner, weight, straight: state.score !== "additive" };
}

/** The winner's weight where every score is so many times as large: e to 0, over the sum. */
function winnersWeight(scores, best, times) {
  let total = 0;
  for (let i = 0; i < scores.length; i++) total += Math.exp(times * (scores[i] - scores[best]));
  return 1 / total;
}

/** The winners' weights where every score is so many times as large, as another bandwidth makes it: nobody else wins. */
export function weightsAt({ scores, winner, weight }, times) {
  return weight.map((_, n) => winnersWeight(scores[n], winner[n], times));
}

/** The borders between the regions, as pieces [x, y, x, y]. All scores but the additive one
    differ from key to key by something straight, and so their borders are straight too. */
export function borders(asked) {
  return asked.straight ? straightBorders(asked) : bentBorders(asked);
}

/** One piece for each two neighbours: where they score alike, and no other key scores more. */
function straightBorders({ size, at, scores }) {
  const [origin, right, up] = [scores[0], scores[size - 1], scores[size * (size - 1)]];
  const keys = origin.map((_, i) => i);
  // How much i scores above j, as [a, b, c] of a x + b y + c; x and y from 0 to 1.
  const above = (i, j) => {
    const c = origin[i] - origin[j];
    return [right[i] - right[j] - c, up[i] - up[j] - c, c];
  };
  const pieces = [];
  for (const i of keys) for (const j of keys.slice(i + 1)) {
    const [a, b, c] = above(i, j);
    const steep = Math.hypot(a, b);
    if (steep === 0) continue;
    const off = ((a + b) / 2 + c) / steep;
    const [x, y] = [0.5 - (off * a) / steep, 0.5 - (off * b) / steep];
    const [alongX, alongY] = [-b / steep, a / steep];
    let [from, to] = [-2, 2];
    const inside = [[1, 0, 0], [-1, 0, 1], [0, 1, 0], [0, -1, 1]];
    for (const [p, q, r] of [...inside, ...keys.filter((k) => k !== i && k !== j).map((k) => above(i, k))]) {
      const [here, rise] = [p * x + q * y + r, p * alongX + q * alongY];
      if (rise > 0) from = Math.max(from, -here / rise);
      else if (rise < 0) to = Math.min(to, -here / rise);
      else if (here < 0) to = -2;
    }
    const place = (t) => [x + t * alongX, y + t * alongY].map((share) => at[0] + share * (at[size - 1] - at[0]));
    if (to - from > 1e-9) pieces.push([...place(from), ...place(to)]);
  }
  return pieces;
}

/** A piece, or some, for each square of the grid at whose corners not the same key wins. */
function bentBorders({ size, at, scores, winner }) {
  const step = at[1] - at[0];
  const pieces = [];
  for (let row = 0; row + 1 < size; row++) {
    for (let column = 0; column + 1 < size; column++) {
      const a = row * size + column;
      const [b, c, d] = [a + 1, a + size + 1, a + size];
      if (winner[a] === winner[b] && winner[a] === winner[c] && winner[a] === winner[d]) continue;
      const crossings = [];
      const cross = (from, to, x, y, right, up) => {
        const [one, two] = [winner[from], winner[to]];
        if (one === two) return;
        // Where the two are equal, their difference taken to be straight in between.
        const before = scores[from][one] - scores[from][two];
        const after = scores[to][two] - scores[to][one];
        const share = step * (before / (before + after || 1));
        crossings.push([x + share * right, y + share * up]);
      };
      cross(a, b, at[column], at[row], 1, 0);
      cross(b, c, at[column + 1], at[row], 0, 1);
      cross(d, c, at[column], at[row + 1], 1, 0);
      cross(a, d, at[column], at[row], 0, 1);
      if (crossings.length === 2) {
        pieces.push(crossings.flat());
        continue;
      }
      const met = meeting(scores, [a, b, d], [...new Set([a, b, c, d].map((n) => winner[n]))]);
      const middle = met ? [at[column] + met[0] * step, at[row] + met[1] * step] : [0, 1].map((i) =>
        crossings.reduce((sum, place) => sum + place[i], 0) / crossings.length);
      for (const place of crossings) pieces.push([...place, ...middle]);
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
  for (let n = size + 1; n < size * size; n++) {
    room[n] = Math.min(room[n], room[n - 1] + 0.5, room[n - size] + 1, room[n - size - 1] + 1.1, room[n - size + 1] + 1.1);
  }
  for (let n = size * (size - 1) - 2; n >= 0; n--) {
    room[n] = Math.min(room[n], room[n + 1] + 0.5, room[n + size] + 1, room[n + size + 1] + 1.1, room[n + size - 1] + 1.1);
  }
  const best = taken.map(() => -1);
  for (let n = 0; n < size * size; n++) {
    const i = winner[n];
    if (best[i] < 0 || room[n] > room[best[i]]) best[i] = n;
  }
  return best.map((n) => (n < 0 || room[n] === 0 ? null : [at[n % size], at[(n - (n % size)) / size], room[n] * step]));
}
