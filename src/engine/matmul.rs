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

use super::math;

/// Computes C = A · B for `a` of `rows` × `depth`, `b` of `depth` × `columns` and `c` of `rows` × `columns`.
///
/// Small products have a function of their own: in one with all the others, a compiler leaves parts out of line.
#[inline]
pub(super) fn product(a: &[f64], b: &[f64], c: &mut [f64], shape: [usize; 3]) {
    #[multiversion(targets("x86_64+avx2"))]
    fn small(a: &[f64], b: &[f64], c: &mut [f64], [depth, columns]: [usize; 2]) {
        match (depth, columns) {
            (1, _) => shallow(row_major::<1>(a), b, c, columns),
            (2, _) => shallow(row_major::<2>(a), b, c, columns),
            (3, _) => shallow(row_major::<3>(a), b, c, columns),
            (4, _) => shallow(row_major::<4>(a), b, c, columns),
            (_, 1) => narrow::<1>(a, b, c),
            (_, 2) => narrow::<2>(a, b, c),
            (_, 3) => narrow::<3>(a, b, c),
            _ => narrow::<4>(a, b, c),
        }
    }
    #[multiversion(targets("x86_64+avx2"))]
    fn large(a: &[f64], b: &[f64], c: &mut [f64], [rows, depth, columns]: [usize; 3]) {
        if target_cfg_f!(target_feature = "avx2") {
            multiply::<4>(&RowMajor { a, depth }, b, c, [rows, columns]);
        } else {
            multiply::<2>(&RowMajor { a, depth }, b, c, [rows, columns]);
        }
    }
    check(a, b, c, shape);
    match shape {
        [_, depth, columns] if depth <= 4 || columns <= 4 => small(a, b, c, [depth, columns]),
        _ => large(a, b, c, shape),
    }
}

/// Returns Bᵀ a for `b` of `a.len()` × `C`.
#[inline]
pub(super) fn sums<const C: usize>([a, b]: [&[f64]; 2]) -> [f64; C] {
    let mut sums = [0.0; C];
    for (a, b) in a.iter().zip(b.as_chunks::<C>().0) {
        for (sum, b) in sums.iter_mut().zip(b) {
            *sum += a * b;
        }
    }
    sums
}

/// Computes c = Bᵀ a for `b` of `a.len()` × `c.len()`: the [`product`] with a row vector on the left.
#[inline]
pub(super) fn vector_product(a: &[f64], b: &[f64], c: &mut [f64]) {
    #[inline]
    fn narrow<const C: usize>(a: &[f64], b: &[f64], c: &mut [f64]) {
        if let Some(c) = c.first_chunk_mut::<C>() {
            *c = sums([a, b]);
        }
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
        _ => multiply::<1>(&RowMajor { a, depth }, b, c, [1, columns]),
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

/// Descends from W by ρ x δᵀ, where the gradient x δᵀ has one row for each element of x. Leaves it in `gradient`, and
/// W δ with the weights from before in `pulled`, unless that is empty.
///
/// It does in one walk what [`matrix_vector_product`] and [`outer_product`] do.
#[inline]
pub(super) fn descend(
    w: &mut [f64],
    [x, delta]: [&[f64]; 2],
    gradient: &mut [f64],
    pulled: &mut [f64],
    rho: f64,
) {
    #[inline]
    fn narrow<const C: usize>(
        w: &mut [f64],
        [x, delta]: [&[f64]; 2],
        gradient: &mut [f64],
        pulled: &mut [f64],
        rho: f64,
    ) {
        let (Some(delta), w) = (delta.first_chunk::<C>(), w.as_chunks_mut::<C>().0) else {
            return;
        };
        let gradient = gradient.as_chunks_mut::<C>().0;
        let rows = x.len().min(w.len()).min(gradient.len());
        let (x, w, gradient) = (&x[..rows], &mut w[..rows], &mut gradient[..rows]);
        let step = |i: usize, w: &mut [f64; C], gradient: &mut [f64; C]| {
            *gradient = delta.map(|delta| 0.0 + x[i] * delta);
            for (w, gradient) in w.iter_mut().zip(gradient) {
                *w -= rho * *gradient;
            }
        };
        if pulled.len() == rows {
            for i in 0..rows {
                pulled[i] = w[i]
                    .iter()
                    .zip(delta)
                    .fold(0.0, |sum, (w, delta)| sum + w * delta);
                step(i, &mut w[i], &mut gradient[i]);
            }
        } else {
            for i in 0..rows {
                step(i, &mut w[i], &mut gradient[i]);
            }
        }
    }
    match delta.len() {
        1 => narrow::<1>(w, [x, delta], gradient, pulled, rho),
        2 => narrow::<2>(w, [x, delta], gradient, pulled, rho),
        3 => narrow::<3>(w, [x, delta], gradient, pulled, rho),
        4 => narrow::<4>(w, [x, delta], gradient, pulled, rho),
        _ => {
            if !pulled.is_empty() {
                matrix_vector_product(w, delta, pulled);
            }
            outer_product(x, delta, gradient);
            for (w, gradient) in w.iter_mut().zip(gradient) {
                *w -= rho * *gradient;
            }
        }
    }
}

/// Computes C = Aᵀ · B for `a` of `depth` × `rows`, `b` of `depth` × `columns` and `c` of `rows` × `columns`.
#[inline]
pub(super) fn transposed_product(a: &[f64], b: &[f64], c: &mut [f64], shape: [usize; 3]) {
    #[multiversion(targets("x86_64+avx2"))]
    fn small(a: &[f64], b: &[f64], c: &mut [f64], [rows, depth, columns]: [usize; 3]) {
        match depth {
            1 => shallow(column_major::<1>(a, rows), b, c, columns),
            2 => shallow(column_major::<2>(a, rows), b, c, columns),
            3 => shallow(column_major::<3>(a, rows), b, c, columns),
            4 => shallow(column_major::<4>(a, rows), b, c, columns),
            _ => shallow(column_major::<5>(a, rows), b, c, columns),
        }
    }
    #[multiversion(targets("x86_64+avx2"))]
    fn large(a: &[f64], b: &[f64], c: &mut [f64], [rows, _, columns]: [usize; 3]) {
        if target_cfg_f!(target_feature = "avx2") {
            multiply::<4>(&ColumnMajor { a, rows }, b, c, [rows, columns]);
        } else {
            multiply::<2>(&ColumnMajor { a, rows }, b, c, [rows, columns]);
        }
    }
    check(a, b, c, shape);
    match shape {
        [_, 1..=5, _] => small(a, b, c, shape),
        _ => large(a, b, c, shape),
    }
}

/// Computes C from the rows of A, where B has only a few rows.
#[inline(always)]
fn shallow<const D: usize>(
    a: impl Iterator<Item = [f64; D]>,
    mut b: &[f64],
    mut c: &mut [f64],
    columns: usize,
) {
    let b: [&[f64]; D] = std::array::from_fn(|_| {
        let (row, rest) = b.split_at(columns);
        b = rest;
        row
    });
    for a in a {
        math::each(b, [split_off(&mut c, columns)], |b, _| [dot(&a, &b)]);
    }
}

#[inline(always)]
fn row_major<const D: usize>(a: &[f64]) -> impl Iterator<Item = [f64; D]> {
    a.as_chunks().0.iter().copied()
}

#[inline(always)]
fn column_major<const D: usize>(a: &[f64], rows: usize) -> impl Iterator<Item = [f64; D]> {
    (0..rows).map(move |row| std::array::from_fn(|k| a[k * rows + row]))
}

#[inline(always)]
fn dot<const D: usize>(a: &[f64; D], b: &[f64; D]) -> f64 {
    a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b)
}

/// Computes C from A and B, which have only a few columns.
#[inline(always)]
fn narrow<const C: usize>(a: &[f64], b: &[f64], c: &mut [f64]) {
    let (b, c) = (b.as_chunks::<C>().0, c.as_chunks_mut::<C>().0);
    let mut a = Rows {
        matrix: a,
        width: b.len(),
    };
    let (fours, rest) = c.as_chunks_mut::<4>();
    for c in fours {
        narrow_rows(&mut a, b, c.each_mut());
    }
    match rest {
        [x, y, z] => narrow_rows(&mut a, b, [x, y, z]),
        [x, y] => narrow_rows(&mut a, b, [x, y]),
        [x] => narrow_rows(&mut a, b, [x]),
        _ => {}
    }
}

#[inline(always)]
fn narrow_rows<const R: usize, const C: usize>(
    a: &mut Rows,
    b: &[[f64; C]],
    c: [&mut [f64; C]; R],
) {
    let a: [&[f64]; R] = std::array::from_fn(|_| &a.next().unwrap_or_default()[..b.len()]);
    let mut sums = [[0.0; C]; R];
    for (k, b) in b.iter().enumerate() {
        let a = a.map(|a| a[k]);
        for (row, sums) in sums.iter_mut().enumerate() {
            for (column, sum) in sums.iter_mut().enumerate() {
                *sum += a[row] * b[column];
            }
        }
    }
    for (c, sums) in c.into_iter().zip(sums) {
        *c = sums;
    }
}

/// Writes the matrix whose columns are `row(0)`, `row(1)`, … `row(n − 1)` of another matrix into `to`.
#[inline]
pub(super) fn transpose<'a>(n: usize, row: impl Fn(usize) -> &'a [f64], to: &mut [f64]) {
    match n {
        1 => return fill::<1>(row, to),
        2 => return fill::<2>(row, to),
        3 => return fill::<3>(row, to),
        4 => return fill::<4>(row, to),
        _ => {}
    }
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

/// Writes the same for rows of a few elements, whose number is known.
#[inline]
pub(super) fn transpose_narrow<'a, const W: usize>(
    n: usize,
    row: impl Fn(usize) -> &'a [f64],
    mut to: &mut [f64],
) {
    let mut to: [&mut [f64]; W] = std::array::from_fn(|_| split_off(&mut to, n));
    for column in 0..n {
        if let Some(row) = row(column).first_chunk::<W>() {
            for (to, value) in to.iter_mut().zip(row) {
                to[column] = *value;
            }
        }
    }
}

/// Writes all `R` columns.
#[inline]
fn fill<'a, const R: usize>(row: impl Fn(usize) -> &'a [f64], to: &mut [f64]) {
    let to = to.as_chunks_mut::<R>().0;
    let rows: [&[f64]; R] = std::array::from_fn(|r| &row(r)[..to.len()]);
    for (i, to) in to.iter_mut().enumerate() {
        *to = rows.map(|row| row[i]);
    }
}

/// Writes `R` of the `n` columns, from `column` on.
#[inline]
fn fill_columns<const R: usize>(rows: [&[f64]; R], mut to: &mut [f64], column: usize, n: usize) {
    let height = rows[0].len();
    let rows = rows.map(|row| &row[..height]);
    for i in 0..height {
        let to = &mut split_off(&mut to, n)[column..column + R];
        to.copy_from_slice(&rows.map(|row| row[i]));
    }
}

/// Takes the first `n` elements off a slice. In a loop this is faster than an iterator over chunks, which begins with a
/// division.
#[inline(always)]
#[allow(clippy::mut_mut)] // What is left of the slice is handed back in its place.
fn split_off<'a>(slice: &mut &'a mut [f64], n: usize) -> &'a mut [f64] {
    let (first, rest) = std::mem::take(slice).split_at_mut(n);
    *slice = rest;
    first
}

/// The rows of a matrix. As [`split_off`] it is faster than an iterator over chunks.
#[derive(Clone)]
struct Rows<'a> {
    matrix: &'a [f64],
    width: usize,
}

impl<'a> Iterator for Rows<'a> {
    type Item = &'a [f64];

    #[inline(always)]
    fn next(&mut self) -> Option<&'a [f64]> {
        let (row, rest) = self.matrix.split_at_checked(self.width)?;
        self.matrix = rest;
        Some(row)
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
    fn of_rows<const R: usize>(&self, row: usize) -> impl Iterator<Item = [f64; R]> + Clone;
}

struct RowMajor<'a> {
    a: &'a [f64],
    depth: usize,
}

impl Factors for RowMajor<'_> {
    #[inline(always)]
    fn of_rows<const R: usize>(&self, row: usize) -> impl Iterator<Item = [f64; R]> + Clone {
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
    fn of_rows<const R: usize>(&self, row: usize) -> impl Iterator<Item = [f64; R]> + Clone {
        let columns = Rows {
            matrix: self.a,
            width: self.rows,
        };
        columns.map(move |a| {
            let a = &a[row..row + R];
            std::array::from_fn(|r| a[r])
        })
    }
}

/// Computes C from A and B, `R` rows at a time.
#[inline(always)]
fn multiply<const R: usize>(
    a: &impl Factors,
    b: &[f64],
    mut c: &mut [f64],
    [rows, columns]: [usize; 2],
) {
    let mut row = 0;
    while row + R <= rows {
        block_row::<R>(a, b, &mut c, row, columns);
        row += R;
    }
    match rows - row {
        3 => block_row::<3>(a, b, &mut c, row, columns),
        2 => block_row::<2>(a, b, &mut c, row, columns),
        1 => block_row::<1>(a, b, &mut c, row, columns),
        _ => {}
    }
}

/// Computes the next `R` rows of C, which begin with `row`, and takes them off `c`.
#[inline(always)]
#[allow(clippy::mut_mut)]
fn block_row<const R: usize>(
    a: &impl Factors,
    b: &[f64],
    c: &mut &mut [f64],
    row: usize,
    columns: usize,
) {
    let mut c: [&mut [f64]; R] = std::array::from_fn(|_| split_off(c, columns));
    let factors = a.of_rows::<R>(row);
    let mut column = 0;
    while column + 8 <= columns {
        block::<R, 8>(factors.clone(), b, &mut c, column, columns);
        column += 8;
    }
    if column + 4 <= columns {
        block::<R, 4>(factors.clone(), b, &mut c, column, columns);
        column += 4;
    }
    if column + 2 <= columns {
        block::<R, 2>(factors.clone(), b, &mut c, column, columns);
        column += 2;
    }
    if column < columns {
        block::<R, 1>(factors, b, &mut c, column, columns);
    }
}

/// Computes `C` elements of each of `R` rows of the product, from `column` on.
#[inline(always)]
fn block<const R: usize, const C: usize>(
    factors: impl Iterator<Item = [f64; R]>,
    b: &[f64],
    c: &mut [&mut [f64]; R],
    column: usize,
    columns: usize,
) {
    let mut sums = [[0.0; C]; R];
    let rows = Rows {
        matrix: b,
        width: columns,
    };
    for (a, b) in factors.zip(rows) {
        let b = &b[column..column + C];
        for (sums, a) in sums.iter_mut().zip(a) {
            for (sum, &b) in sums.iter_mut().zip(b) {
                *sum += a * b;
            }
        }
    }
    for (c, sums) in c.iter_mut().zip(&sums) {
        c[column..column + C].copy_from_slice(sums);
    }
}
