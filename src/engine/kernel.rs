//! The one product of matrices that feedforward, backpropagation and gradient are made of.
//!
//! C = A · B is computed in blocks of C small enough to stay in registers. Whatever the blocks, an element
//! of C is the sum Σₖ aₖ · bₖ over ascending k, started at 0, so that its bits depend on
//! neither the size of the batch nor the place in it.
//!
//! Matrices are slices, row by row.

/// C = A · B for `a` of `rows` × `depth`, `b` of `depth` × `columns` and `c` of `rows` × `columns`.
pub(super) fn product(a: &[f64], b: &[f64], c: &mut [f64], [rows, depth, columns]: [usize; 3]) {
    let shape = check(a, b, c, [rows, depth, columns]);
    let a = RowMajor { a, depth };
    multiply(&a, b, c, shape);
}

/// C = Aᵀ · B for `a` of `depth` × `rows`, `b` of `depth` × `columns` and `c` of `rows` × `columns`.
pub(super) fn transposed_product(
    a: &[f64],
    b: &[f64],
    c: &mut [f64],
    [rows, depth, columns]: [usize; 3],
) {
    let shape = check(a, b, c, [rows, depth, columns]);
    let a = ColumnMajor { a, rows };
    multiply(&a, b, c, shape);
}

/// `to` (columns × rows) is the transpose of `from` (rows × columns).
pub(super) fn transpose(from: &[f64], to: &mut [f64], rows: usize, columns: usize) {
    assert!(from.len() == rows * columns && to.len() == rows * columns);
    for (row, from) in from.chunks_exact(columns).enumerate() {
        for (to, &value) in to[row..].iter_mut().step_by(rows).zip(from) {
            *to = value;
        }
    }
}

fn check(a: &[f64], b: &[f64], c: &[f64], shape: [usize; 3]) -> [usize; 3] {
    let [rows, depth, columns] = shape;
    assert!(
        a.len() == rows * depth && b.len() == depth * columns && c.len() == rows * columns,
        "the matrices have the shapes they are said to have"
    );
    shape
}

/// Where the factors of a block of rows of C are found in A.
trait Factors {
    /// Calls `add` with aₖ of the `R` rows from `row` on and with row k of B, for every k in order.
    fn each<'b, const R: usize>(
        &self,
        row: usize,
        b: impl Iterator<Item = &'b [f64]>,
        add: impl FnMut([f64; R], &'b [f64]),
    );
}

struct RowMajor<'a> {
    a: &'a [f64],
    depth: usize,
}

impl Factors for RowMajor<'_> {
    #[inline]
    fn each<'b, const R: usize>(
        &self,
        row: usize,
        b: impl Iterator<Item = &'b [f64]>,
        mut add: impl FnMut([f64; R], &'b [f64]),
    ) {
        let rows: [&[f64]; R] =
            std::array::from_fn(|r| &self.a[(row + r) * self.depth..][..self.depth]);
        for (k, b) in (0..self.depth).zip(b) {
            add(std::array::from_fn(|r| rows[r][k]), b);
        }
    }
}

struct ColumnMajor<'a> {
    a: &'a [f64],
    rows: usize,
}

impl Factors for ColumnMajor<'_> {
    #[inline]
    fn each<'b, const R: usize>(
        &self,
        row: usize,
        b: impl Iterator<Item = &'b [f64]>,
        mut add: impl FnMut([f64; R], &'b [f64]),
    ) {
        for (a, b) in self.a.chunks_exact(self.rows).zip(b) {
            let a = &a[row..row + R];
            add(std::array::from_fn(|r| a[r]), b);
        }
    }
}

#[inline]
fn multiply(a: &impl Factors, b: &[f64], c: &mut [f64], [rows, _, columns]: [usize; 3]) {
    let mut row = 0;
    while row + 4 <= rows {
        block_row::<4>(a, b, c, row, columns);
        row += 4;
    }
    if row + 2 <= rows {
        block_row::<2>(a, b, c, row, columns);
        row += 2;
    }
    if row < rows {
        block_row::<1>(a, b, c, row, columns);
    }
}

#[inline]
fn block_row<const R: usize>(
    a: &impl Factors,
    b: &[f64],
    c: &mut [f64],
    row: usize,
    columns: usize,
) {
    let mut column = 0;
    while column + 4 <= columns {
        block::<R, 4>(a, b, c, [row, column], columns);
        column += 4;
    }
    if column + 2 <= columns {
        block::<R, 2>(a, b, c, [row, column], columns);
        column += 2;
    }
    if column < columns {
        block::<R, 1>(a, b, c, [row, column], columns);
    }
}

/// `R` × `C` elements of the product, from `row` and `column` on.
#[inline]
fn block<const R: usize, const C: usize>(
    a: &impl Factors,
    b: &[f64],
    c: &mut [f64],
    [row, column]: [usize; 2],
    columns: usize,
) {
    let mut sums = [[0.0; C]; R];
    a.each::<R>(row, b.chunks_exact(columns), |a, b| {
        let b = &b[column..column + C];
        for (sums, a) in sums.iter_mut().zip(a) {
            for (sum, &b) in sums.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
    });
    for (r, sums) in sums.iter().enumerate() {
        c[(row + r) * columns + column..][..C].copy_from_slice(sums);
    }
}
