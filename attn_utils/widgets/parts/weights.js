// A trained model's parameters, as they travel.
// A test holds each function equal to its Python twin, to 1e-6.

/** Read one half-precision number from its 16 bits. */
export function fromFloat16(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 0) return sign * fraction * 2 ** -14;
  return sign * (1 + fraction) * 2 ** (exponent - 15);
}

/** Put packed parameters back into a tree, by dotted names such as "layers.0.norm.weight";
    a matrix becomes its rows. In levels, each row stands behind its step. Twin: widgets.pack. */
export function unpack(view, shapes) {
  const tree = {};
  let offset = 0;
  const half = () => fromFloat16(view.getUint16((offset += 2) - 2, true));
  const halves = (length) => Float32Array.from({ length }, half);
  const leveled = (length) => {
    const step = half();
    return Float32Array.from({ length }, () => step * view.getInt8(offset++));
  };
  for (const [name, shape, inLevels] of shapes) {
    const row = inLevels ? leveled : halves;
    const path = name.split(".");
    const last = path.pop();
    let node = tree;
    path.forEach((step, i) => {
      const next = /^\d+$/.test(path[i + 1] ?? "") ? [] : {};
      node = node[step] ??= next;
    });
    node[last] = shape.length === 1 ? row(shape[0]) : Array.from({ length: shape[0] }, () => row(shape[1]));
  }
  return tree;
}
