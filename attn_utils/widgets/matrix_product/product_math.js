// Products of two small matrices, each an array of rows.
// A test holds each function equal to its Python twin, to 1e-6.
import { dot } from "../parts/rows.js";

/** A flat list of numbers as rows of so many. Twin: torch.reshape. */
export function rowsOf(flat, columns) {
  return Array.from({ length: flat.length / columns }, (_, i) => flat.slice(i * columns, (i + 1) * columns));
}

/** Rows as columns. Twin: torch.transpose. */
export function turned(matrix) {
  return matrix[0].map((_, j) => matrix.map((row) => row[j]));
}

/** Rows of the left with columns of the right. Twin: einsum("qd,dk->qk"). */
export function matrixProduct(left, right) {
  return productOfRows(left, turned(right));
}

/** Rows of the left with rows of the right. Twin: einsum("qd,kd->qk"). */
export function productOfRows(left, right) {
  return left.map((row) => right.map((other) => dot(row, other)));
}

/** The pairs of numbers whose products add up to one cell, counted from 0. */
export function pairsOf(left, right, row, column) {
  return left[row].map((number, n) => [number, right[n][column]]);
}
