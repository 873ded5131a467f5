// Who reads whom in layers of five kinds, and the shortest way from node to node.
// A node is [level, place]. A test holds each function equal to its Python twin.

const MANY = 64; // more than there are tokens

const nameOf = (node) => node[0] * MANY + node[1];
const nodeOf = (name) => [Math.floor(name / MANY), name % MANY];

/** What each node is computed from, as pairs [start, end]. Twin: wires_of. */
export function wiresOf({ mixer, numTokens, numLayers, kernelSize }) {
  const side = (kernelSize - 1) / 2;
  const everyone = Array.from({ length: numTokens }, (_, place) => place);
  const taps = Array.from({ length: kernelSize }, (_, tap) => tap - side);
  const wires = [];
  for (let layer = 0; layer < numLayers; layer++) {
    const step = mixer === "dilated" ? 2 ** layer : 1;
    for (const place of everyone) {
      const end = [layer + 1, place];
      let read = everyone;
      if (mixer === "RNN") {
        read = [place];
        if (place) wires.push([[layer + 1, place - 1], end]);
      } else if (mixer === "convolution" || mixer === "dilated") {
        read = taps.map((tap) => place + tap * step).filter((at) => at >= 0 && at < numTokens);
      }
      for (const at of read) wires.push([[layer, at], end]);
    }
  }
  return wires;
}

/** How far the taps of all layers together reach to either side; no twin: a test asks the wires. */
export function sideOf({ mixer, numLayers, kernelSize }) {
  return ((kernelSize - 1) / 2) * (mixer === "dilated" ? 2 ** numLayers - 1 : numLayers);
}

/** What reads each node, and what each reads: that which ways are looked for in. */
export function netOf(wires) {
  const [ahead, behind] = [[], []];
  for (const wire of wires) {
    const [start, end] = [nameOf(wire[0]), nameOf(wire[1])];
    (ahead[start] ??= []).push(end);
    (behind[end] ??= []).push(start);
  }
  return { ahead, behind };
}

/** How many wires lead from a node to each that is reached. */
function distances(following, start) {
  const far = new Map([[start, 0]]);
  for (const [name, count] of far) { // those that are added come up too
    for (const other of following[name] ?? []) {
      if (!far.has(other)) far.set(other, count + 1);
    }
  }
  return far;
}

/** The nodes on a shortest way, of several the straightest; empty, if there is none. Twin: shortest_path. */
export function shortestPath({ ahead, behind }, start, end) {
  const left = distances(behind, nameOf(end));
  const stray = (name) => {
    const [level, place] = nodeOf(name);
    return Math.abs((level - start[0]) * (end[1] - start[1]) - (place - start[1]) * (end[0] - start[0]));
  };
  if (!left.has(nameOf(start))) return [];
  const path = [nameOf(start)];
  for (let rest = left.get(path[0]) - 1; rest >= 0; rest--) {
    const nearer = ahead[path.at(-1)].filter((name) => left.get(name) === rest);
    path.push(nearer.reduce((best, name) => (stray(name) < stray(best) ? name : best)));
  }
  return path.map(nodeOf);
}

/** All nodes that something of a node arrives at, itself among them. Twin: reached_nodes. */
export function reachedNodes({ ahead }, start) {
  return [...distances(ahead, nameOf(start)).keys()].map(nodeOf);
}
