//! Matrix products, which feedforward, backpropagation and gradient consist of.
//!
//! C = A · B is computed in blocks of C that are small enough for registers. However it is divided, an element of C is
//! the sum Σₖ aₖ · bₖ over ascending k, starting at 0, so that its bits depend neither on the size of the batch nor on
//! its place in the batch.
//!
//! Matrices are slices, row by row. Products with a vector have functions of their own, compiled for each of the small
//! widths that lessons have: there, choosing the blocks of a general product takes longer than the product itself.
//!
//! The general products are compiled a second time for AVX2, which is chosen when the program runs. It makes vectors of
//! neighbouring columns only, and no compiler fuses a product and a sum without being told to, so that an element has
//! the same bits on every processor.

// A function that is not inlined is compiled for the narrow vectors of its own.
#![allow(clippy::inline_always)]

use multiversion::multiversion;
use multiversion::target::target_cfg_f;

/// Computes C = A · B for `a` of `rows` × `depth`, `b` of `depth` × `columns` and `c` of `rows` × `columns`.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn product(a: &[f64], b: &[f64], c: &mut [f64], [rows, depth, columns]: [usize; 3]) {
    check(a, b, c, [rows, depth, columns]);
    if target_cfg_f!(target_feature = "avx2") {
        multiply::<4>(&RowMajor { a, depth }, b, c, [rows, columns]);
    } else {
        multiply::<2>(&RowMajor { a, depth }, b, c, [rows, columns]);
    }
}

/// Computes c = Bᵀ a for `b` of `a.len()` × `c.len()`: the [`product`] with a row vector on the left.
#[inline]
pub(super) fn vector_product(a: &[f64], b: &[f64], c: &mut [f64]) {
    #[inline]
    fn narrow<const C: usize>(a: &[f64], b: &[f64], c: &mut [f64]) {
        let Some(c) = c.first_chunk_mut::<C>() else {
            return;
        };
        let mut sums = [0.0; C];
        for (a, b) in a.iter().zip(b.as_chunks::<C>().0) {
            for (sum, b) in sums.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
        *c = sums;
    }
    let (depth, columns) = (a.len(), c.len());
    assert_eq!(
        b.len(),
        depth * columns,
        "a row of the matrix for each factor"
    );
    match columns {
        1 => narrow::<1>(a, b, c),
        2 => narrow::<2>(a, b, c),
        3 => narrow::<3>(a, b, c),
        4 => narrow::<4>(a, b, c),
        _ => block_row::<1>(&RowMajor { a, depth }, b, c, 0, columns),
    }
}

/// Computes c = A b for `a` of `c.len()` × `b.len()`.
#[inline]
pub(super) fn matrix_vector_product(a: &[f64], b: &[f64], c: &mut [f64]) {
    #[inline]
    fn narrow<const C: usize>(a: &[f64], b: &[f64], c: &mut [f64]) {
        let Some(b) = b.first_chunk::<C>() else {
            return;
        };
        for (a, c) in a.as_chunks::<C>().0.iter().zip(c) {
            *c = a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b);
        }
    }
    let (rows, depth) = (c.len(), b.len());
    assert_eq!(
        a.len(),
        rows * depth,
        "a column of the matrix for each factor"
    );
    match depth {
        1 => narrow::<1>(a, b, c),
        2 => narrow::<2>(a, b, c),
        3 => narrow::<3>(a, b, c),
        4 => narrow::<4>(a, b, c),
        _ => multiply::<2>(&RowMajor { a, depth }, b, c, [rows, 1]),
    }
}

/// Computes C = a bᵀ. An element is a sum of one term that is still added to 0, as in every product here: this turns −0
/// into 0.
#[inline]
pub(super) fn outer_product(a: &[f64], b: &[f64], c: &mut [f64]) {
    #[inline]
    fn narrow<const C: usize>(a: &[f64], b: &[f64], c: &mut [f64]) {
        let Some(b) = b.first_chunk::<C>() else {
            return;
        };
        for (a, c) in a.iter().zip(c.as_chunks_mut::<C>().0) {
            *c = b.map(|b| 0.0 + a * b);
        }
    }
    assert_eq!(c.len(), a.len() * b.len(), "one product for each pair");
    match b.len() {
        1 => narrow::<1>(a, b, c),
        2 => narrow::<2>(a, b, c),
        3 => narrow::<3>(a, b, c),
        4 => narrow::<4>(a, b, c),
        columns => {
            for (a, c) in a.iter().zip(c.chunks_exact_mut(columns)) {
                for (c, b) in c.iter_mut().zip(b) {
                    *c = 0.0 + a * b;
                }
            }
        }
    }
}

/// Computes C = Aᵀ · B for `a` of `depth` × `rows`, `b` of `depth` × `columns` and `c` of `rows` × `columns`.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn transposed_product(
    a: &[f64],
    b: &[f64],
    c: &mut [f64],
    [rows, depth, columns]: [usize; 3],
) {
    check(a, b, c, [rows, depth, columns]);
    if target_cfg_f!(target_feature = "avx2") {
        multiply::<4>(&ColumnMajor { a, rows }, b, c, [rows, columns]);
    } else {
        multiply::<2>(&ColumnMajor { a, rows }, b, c, [rows, columns]);
    }
}

/// Writes the matrix whose columns are `row(0)`, `row(1)`, … `row(n − 1)` of another matrix into `to`.
#[inline]
pub(super) fn transpose<'a>(n: usize, row: impl Fn(usize) -> &'a [f64], to: &mut [f64]) {
    let mut column = 0;
    while column + 4 <= n {
        fill_columns::<4>(std::array::from_fn(|i| row(column + i)), to, column, n);
        column += 4;
    }
    while column < n {
        fill_columns([row(column)], to, column, n);
        column += 1;
    }
}

/// Writes `R` of the `n` columns, from `column` on.
#[inline]
fn fill_columns<const R: usize>(rows: [&[f64]; R], to: &mut [f64], column: usize, n: usize) {
    let height = rows[0].len();
    let rows = rows.map(|row| &row[..height]);
    for (i, to) in (0..height).zip(to.chunks_exact_mut(n)) {
        to[column..column + R].copy_from_slice(&rows.map(|row| row[i]));
    }
}

#[inline]
fn check(a: &[f64], b: &[f64], c: &[f64], [rows, depth, columns]: [usize; 3]) {
    assert!(
        a.len() == rows * depth && b.len() == depth * columns && c.len() == rows * columns,
        "the matrices have the shapes they are said to have"
    );
}

/// Access to the factors in A for a block of rows of C.
trait Factors {
    /// Returns aₖ of the `R` rows from `row` on, for every k in ascending order.
    fn of_rows<const R: usize>(&self, row: usize) -> impl Iterator<Item = [f64; R]>;
}

struct RowMajor<'a> {
    a: &'a [f64],
    depth: usize,
}

impl Factors for RowMajor<'_> {
    #[inline(always)]
    fn of_rows<const R: usize>(&self, row: usize) -> impl Iterator<Item = [f64; R]> {
        let rows: [&[f64]; R] =
            std::array::from_fn(|r| &self.a[(row + r) * self.depth..][..self.depth]);
        (0..self.depth).map(move |k| std::array::from_fn(|r| rows[r][k]))
    }
}

struct ColumnMajor<'a> {
    a: &'a [f64],
    rows: usize,
}

impl Factors for ColumnMajor<'_> {
    #[inline(always)]
    fn of_rows<const R: usize>(&self, row: usize) -> impl Iterator<Item = [f64; R]> {
        let columns = (row..self.a.len()).step_by(self.rows);
        columns.map(|start| {
            let a = &self.a[start..start + R];
            std::array::from_fn(|r| a[r])
        })
    }
}

/// Computes C from A and B, `R` rows at a time.
#[inline(always)]
fn multiply<const R: usize>(
    a: &impl Factors,
    b: &[f64],
    c: &mut [f64],
    [rows, columns]: [usize; 2],
) {
    let mut row = 0;
    while row + R <= rows {
        block_row::<R>(a, b, c, row, columns);
        row += R;
    }
    match rows - row {
        3 => block_row::<3>(a, b, c, row, columns),
        2 => block_row::<2>(a, b, c, row, columns),
        1 => block_row::<1>(a, b, c, row, columns),
        _ => {}
    }
}

#[inline(always)]
fn block_row<const R: usize>(
    a: &impl Factors,
    b: &[f64],
    c: &mut [f64],
    row: usize,
    columns: usize,
) {
    let mut column = 0;
    while column + 8 <= columns {
        block::<R, 8>(a, b, c, [row, column], columns);
        column += 8;
    }
    if column + 4 <= columns {
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

/// Computes `R` × `C` elements of the product, from `row` and `column` on.
#[inline(always)]
fn block<const R: usize, const C: usize>(
    a: &impl Factors,
    b: &[f64],
    c: &mut [f64],
    [row, column]: [usize; 2],
    columns: usize,
) {
    let mut sums = [[0.0; C]; R];
    let mut start = column;
    for a in a.of_rows::<R>(row) {
        let b = &b[start..start + C];
        for (sums, a) in sums.iter_mut().zip(a) {
            for (sum, &b) in sums.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
        start += columns;
    }
    for (r, sums) in sums.iter().enumerate() {
        c[(row + r) * columns + column..][..C].copy_from_slice(sums);
    }
}
