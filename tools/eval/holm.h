/* SPDX-License-Identifier: MIT
 * Many tests at once (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics, 1979). */
#ifndef EVAL_HOLM_H
#define EVAL_HOLM_H

/* adjusted[i]: the family-wise level at which test i just rejects: the running maximum over ascending p[(j)], j from 0, of (m - j) p[(j)], at most 1.
 * A p that is NAN is no test: it stays so and does not count in m. Returns m. */
int eval_holm (const double *p, int n, double *adjusted);

#endif
