//! Figures, and the table in which they stand beside their targets. Whole numbers throughout.

/// One row of the table: what was measured, what it must be, what it should be.
pub struct Row {
    pub what: String,
    pub measured: String,
    pub least: String,
    pub aim: String,
    pub met: Met,
}

/// Whether a target is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The aim too.
    Aim,
    /// What must be, and not the aim.
    Least,
    /// Not what must be.
    No,
    /// Nothing was asked: it is told for who reads it.
    Told,
}

impl Met {
    /// A measure that must be at least, and should be at least.
    #[must_use]
    pub fn at_least(measured: u64, least: u64, aim: u64) -> Met {
        match measured {
            _ if measured >= aim => Met::Aim,
            _ if measured >= least => Met::Least,
            _ => Met::No,
        }
    }

    /// A measure that must be at most, and should be at most.
    #[must_use]
    pub fn at_most(measured: u64, most: u64, aim: u64) -> Met {
        match measured {
            _ if measured <= aim => Met::Aim,
            _ if measured <= most => Met::Least,
            _ => Met::No,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Met::Aim => "met (aim)",
            Met::Least => "met",
            Met::No => "NOT MET",
            Met::Told => "",
        }
    }
}

impl Row {
    /// A row that only tells.
    #[must_use]
    pub fn told(what: impl Into<String>, measured: impl Into<String>) -> Row {
        Row {
            what: what.into(),
            measured: measured.into(),
            least: String::new(),
            aim: String::new(),
            met: Met::Told,
        }
    }

    /// The row as a line.
    #[must_use]
    pub fn shown(&self) -> String {
        format!(
            "{:<52} {:<44} {:>10} {:>10}  {}",
            self.what,
            self.measured,
            self.least,
            self.aim,
            self.met.word()
        )
    }
}

/// The head of the table.
#[must_use]
pub fn head() -> String {
    format!(
        "{:<52} {:<44} {:>10} {:>10}",
        "", "measured", "at least", "aim"
    )
}

/// The value below which so many thousandths of the sorted values lie.
#[must_use]
pub fn quantile(sorted: &[u64], thousandths: usize) -> u64 {
    assert!(!sorted.is_empty(), "nothing was measured");
    let at = (sorted.len() * thousandths).div_ceil(1000);
    sorted[at.clamp(1, sorted.len()) - 1]
}

/// The median.
#[must_use]
pub fn median(values: &[u64]) -> u64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    quantile(&sorted, 500)
}

/// `1.07x` of a hundred and seven hundredths.
#[must_use]
pub fn ratio(hundredths: u64) -> String {
    format!("{}.{:02}x", hundredths / 100, hundredths % 100)
}

/// Milliseconds, with microseconds behind the point.
#[must_use]
pub fn millis(nanos: u64) -> String {
    format!("{}.{:03} ms", nanos / 1_000_000, nanos / 1000 % 1000)
}
