// Who may be seen: true = may look.
// A test holds each function equal to its Python twin, to 1e-6.

/** Let each position see itself and what came before it. Twin: causal_mask. */
export function causalMask(numTokens) {
  return Array.from({ length: numTokens }, (_, i) => Array.from({ length: numTokens }, (_, j) => j <= i));
}
