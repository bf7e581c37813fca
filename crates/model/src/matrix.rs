//! One symmetric positive definite system, solved by Cholesky. Deliberately absent: everything else about matrices.

/// A symmetric matrix, of which the lower triangle is kept: row after row.
pub(crate) struct Symmetric {
    size: usize,
    cells: Vec<f64>,
}

impl Symmetric {
    /// All zero.
    pub(crate) fn zero(size: usize) -> Self {
        Self { size, cells: vec![0.0; size * (size + 1) / 2] }
    }

    /// Adds to a cell and, the matrix being symmetric, to its mirror.
    pub(crate) fn add(&mut self, one: usize, other: usize, amount: f64) {
        let (row, column) = if one >= other { (one, other) } else { (other, one) };
        if let Some(cell) = self.cells.get_mut(row * (row + 1) / 2 + column) {
            *cell += amount;
        }
    }

    /// Its Cholesky factor; none when the matrix is not positive definite.
    pub(crate) fn factor(mut self) -> Option<Factor> {
        for row in 0..self.size {
            let (before, mut rest) = self.cells.split_at_mut_checked(row * (row + 1) / 2)?;
            rest = rest.get_mut(..=row)?;
            for column in 0..row {
                let start = column * (column + 1) / 2;
                let other = before.get(start..=start + column)?;
                let (known, pivot) = (other.get(..column)?, *other.last()?);
                let dot: f64 = known.iter().zip(rest.get(..column)?).map(|(a, b)| a * b).sum();
                let cell = rest.get_mut(column)?;
                *cell = (*cell - dot) / pivot;
            }
            let (last, known) = rest.split_last_mut()?;
            let left = *last - known.iter().map(|value| value * value).sum::<f64>();
            if !left.is_finite() || left <= 0.0 {
                return None;
            }
            *last = left.sqrt();
        }
        Some(Factor(self))
    }
}

/// A lower triangle that, times its own mirror, gives the matrix.
pub(crate) struct Factor(Symmetric);

impl Factor {
    /// `x` with `matrix · x = right`; none when the sizes differ.
    pub(crate) fn solve(&self, right: &[f64]) -> Option<Vec<f64>> {
        let Symmetric { size, cells } = &self.0;
        if right.len() != *size {
            return None;
        }
        let row = |row: usize| cells.get(row * (row + 1) / 2..=row * (row + 1) / 2 + row);
        let mut x = Vec::with_capacity(*size);
        for (place, value) in right.iter().enumerate() {
            let (pivot, known) = row(place)?.split_last()?;
            let dot: f64 = known.iter().zip(&x).map(|(a, b)| a * b).sum();
            x.push((value - dot) / pivot);
        }
        for place in (0..*size).rev() {
            let (pivot, above) = row(place)?.split_last()?;
            let (before, from) = x.split_at_mut_checked(place)?;
            let value = from.first_mut()?;
            *value /= pivot;
            for (earlier, cell) in before.iter_mut().zip(above) {
                *earlier -= cell * *value;
            }
        }
        Some(x)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_system_of_three_is_solved_and_a_singular_one_is_not() {
        let mut matrix = Symmetric::zero(3);
        for (row, column, value) in [(0, 0, 4.0), (1, 0, 2.0), (1, 1, 5.0), (2, 1, 1.0), (2, 2, 3.0)] {
            matrix.add(row, column, value);
        }
        // 4x + 2y = 8, 2x + 5y + z = 15, y + 3z = 11 for (1, 2, 3).
        let factor = matrix.factor().unwrap();
        let x = factor.solve(&[8.0, 15.0, 11.0]).unwrap();
        for (got, expected) in x.iter().zip([1.0, 2.0, 3.0]) {
            assert!((got - expected).abs() < 1e-12, "{x:?}");
        }
        assert!(factor.solve(&[1.0]).is_none());
        assert!(Symmetric::zero(2).factor().is_none());
    }
}
