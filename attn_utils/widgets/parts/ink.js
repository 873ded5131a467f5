// Handwritten digits, 8 × 8 cells of ink each: as they travel, and as they are painted.
import { shade } from "./ramp.js";

export const SIDE = 8;
export const LEVELS = 16;
const BITS = 5;
const FAINT = 0.4; // the ink of a digit on a wall
const LIT = 0.5; // from this shade on that ink is as light as paper

/** Ink from 0 to 1, a row of 64 for each digit. Twin: pack_levels, undone. */
export function unpackDigits(view) {
  const count = Math.floor((8 * view.byteLength) / (BITS * SIDE * SIDE));
  let [held, bits, at] = [0, 0, 0];
  const level = () => {
    if (bits < BITS) {
      held = (held << 8) | view.getUint8(at++);
      bits += 8;
    }
    bits -= BITS;
    const found = held >> bits;
    held &= (1 << bits) - 1;
    return found / LEVELS;
  };
  return Array.from({ length: count }, () => Array.from({ length: SIDE * SIDE }, level));
}

/** The colours of these roles, as a face has them now. */
export function roleColours(root, roles) {
  const style = getComputedStyle(root);
  return Object.fromEntries(roles.map((role) => [role, style.getPropertyValue(`--${role}`).trim()]));
}

/** Paint ink, a pixel a cell, so many in a row; `bands` say which rows have the colour of which role. */
export function paintInk(canvas, ink, bands, inks, columns = SIDE) {
  const rows = ink.length / columns;
  if (canvas.width !== columns || canvas.height !== rows) Object.assign(canvas, { width: columns, height: rows });
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(columns, rows);
  const { data } = picture;
  ink.forEach((level, n) => { data[4 * n + 3] = Math.round(255 * level); });
  pen.putImageData(picture, 0, 0);
  pen.globalCompositeOperation = "source-atop"; // the ink's colour, no ink elsewhere
  for (const [first, end, role] of bands) {
    pen.fillStyle = inks[role];
    pen.fillRect(0, first, columns, end - first);
  }
}

/** A wall of digits on a canvas: in a tile of `pitch` pixels each digit takes `size`; `sharp`
    keeps its cells apart. `corner` says where the tile of a digit begins. */
export function wallOf(canvas, { corner, pitch, size, sharp = false }) {
  let known = null; // all the digits in dark and in light ink
  const inset = Math.floor((pitch - size) / 2);

  /** All digits as they stand on the wall, in one ink. */
  function sheet(digits, colour) {
    const tile = document.createElement("canvas");
    const all = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
    const pen = all.getContext("2d");
    pen.imageSmoothingEnabled = !sharp;
    digits.forEach((digit, i) => {
      paintInk(tile, digit, [[0, SIDE, "given"]], { given: colour });
      const [x, y] = corner(i);
      pen.drawImage(tile, x + inset, y + inset, size, size);
    });
    return all;
  }

  return {
    /** Light every digit by its weight. */
    light(digits, weights, inks) {
      if (known?.digits !== digits || known.inks !== inks) {
        known = { digits, inks, dark: sheet(digits, inks.ink), light: sheet(digits, inks.paper) };
      }
      const pen = canvas.getContext("2d");
      pen.clearRect(0, 0, canvas.width, canvas.height);
      pen.fillStyle = inks.weight;
      const fill = (i) => {
        pen.globalAlpha = shade(weights[i]);
        pen.fillRect(...corner(i), pitch - 1, pitch - 1);
      };
      // The eye sees nothing of less than half a level of 255.
      for (let i = 0; i < weights.length; i++) if (shade(weights[i]) > 0.002) fill(i);
      pen.globalAlpha = FAINT;
      pen.drawImage(known.dark, 0, 0);
      pen.globalAlpha = 1;
      for (let i = 0; i < weights.length; i++) {
        if (shade(weights[i]) <= LIT) continue;
        const box = [...corner(i), pitch, pitch];
        pen.clearRect(...box);
        fill(i);
        pen.globalAlpha = 1;
        pen.drawImage(known.light, ...box, ...box);
      }
    },
  };
}
