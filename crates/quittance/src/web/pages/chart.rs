//! The chart of what was invoiced by month: integer geometry for an inline SVG, and the same figures as a table.

/// One month as it is known: amounts in minor units decide the heights, texts are printed.
#[derive(Clone, Debug, Default)]
pub struct Month {
    /// `Sep`, under the bar.
    pub short: String,
    /// `September 2026`, in the table.
    pub long: String,
    /// Minor units of the recurring stream.
    pub recurring_minor: i64,
    /// Minor units of the bi-weekly stream.
    pub biweekly_minor: i64,
    /// `$3,896.10`, in the table.
    pub recurring: String,
    /// `$3,163.73`, in the table.
    pub biweekly: String,
    /// `$7,059.83`, in the table.
    pub total: String,
    /// `7,060`, whole units, above the bar.
    pub total_short: String,
}

/// One bar in the units of the chart's `viewBox`.
#[derive(Clone, Debug)]
pub struct Bar {
    /// The month it stands for.
    pub month: Month,
    /// Left edge.
    pub x: i64,
    /// Middle, where texts stand.
    pub middle: i64,
    /// Top of the recurring (solid) part, which stands on the base line.
    pub recurring_y: i64,
    /// Height of the recurring part.
    pub recurring_height: i64,
    /// Top of the bi-weekly (hatched) part, which stands on the recurring one.
    pub biweekly_y: i64,
    /// Height of the bi-weekly part.
    pub biweekly_height: i64,
    /// Base line of the figure above the bar.
    pub figure_y: i64,
}

/// Bars by month, at most twelve, oldest first.
#[derive(Clone, Debug)]
pub struct Chart {
    /// `USD`, said in the heading.
    pub currency: String,
    /// The bars, oldest month first.
    pub bars: Vec<Bar>,
    /// Width of one bar.
    pub bar_width: i64,
}

/// Width of the `viewBox`; its height is 112.
const WIDTH: i64 = 272;
/// The line the bars stand on.
const BASE: i64 = 90;
/// How wide a digit above a bar is at most.
const FIGURE: usize = 7;
/// The tallest bar; above it 16 units stay free for its figure.
const TALLEST: i64 = 74;

impl Chart {
    /// A chart of up to twelve months; the tallest bar fills the height, an amount above zero is never invisible.
    pub fn new(currency: impl Into<String>, months: Vec<Month>) -> Self {
        let count = i64::try_from(months.len()).unwrap_or(1).max(1);
        let total = |month: &Month| i128::from(month.recurring_minor.max(0)) + i128::from(month.biweekly_minor.max(0));
        let highest = months.iter().map(total).max().unwrap_or(0).max(1);
        let bar_width = (WIDTH / count * 11 / 20).clamp(8, 32);
        // Figures are wider than narrow bars: the first and last bar stay this far from the edges.
        let edge = ((34 - bar_width) / 2).max(0);
        let room = WIDTH - bar_width - 2 * edge;
        let height = |minor: i64| match minor.max(0) {
            0 => 0,
            minor => i64::try_from(i128::from(minor) * i128::from(TALLEST) / highest).unwrap_or(TALLEST).max(2),
        };
        let bars = months.into_iter().zip(0_i64..).map(|(month, index)| {
            let x = edge + room * index / (count - 1).max(1);
            let (recurring_height, biweekly_height) = (height(month.recurring_minor), height(month.biweekly_minor));
            let recurring_y = BASE - recurring_height;
            let biweekly_y = recurring_y - biweekly_height;
            let middle = x + bar_width / 2;
            Bar {
                month,
                x,
                middle,
                recurring_y,
                recurring_height,
                biweekly_y,
                biweekly_height,
                figure_y: biweekly_y - 4,
            }
        });
        Self { currency: currency.into(), bars: bars.collect(), bar_width }
    }

    /// Whether every figure above the bars has room beside its neighbours.
    pub fn shows_figures(&self) -> bool {
        let widest = self.bars.iter().map(|bar| bar.month.total_short.chars().count()).max().unwrap_or(0);
        let room = usize::try_from(WIDTH).unwrap_or(0).checked_div(self.bars.len()).unwrap_or(0);
        widest.saturating_mul(FIGURE) <= room
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn month(recurring_minor: i64, biweekly_minor: i64) -> Month {
        Month { recurring_minor, biweekly_minor, ..Month::default() }
    }

    #[test]
    fn the_tallest_bar_fills_the_height_and_little_amounts_stay_visible() {
        let chart = Chart::new("USD", vec![month(1, 0), month(600_000, 400_000), month(0, 0)]);
        let heights: Vec<_> = chart.bars.iter().map(|bar| (bar.recurring_height, bar.biweekly_height)).collect();
        assert_eq!(heights, [(2, 0), (44, 29), (0, 0)]);
    }

    #[test]
    fn any_number_of_months_stays_inside() {
        for count in 0..=12 {
            let chart = Chart::new("USD", vec![month(i64::MAX, i64::MAX); count]);
            assert!(
                chart.bars.iter().all(|bar| bar.x >= 0 && bar.x + chart.bar_width <= WIDTH && bar.biweekly_y >= 0),
                "{count}"
            );
        }
    }

    #[test]
    fn credits_draw_no_bar() {
        let chart = Chart::new("USD", vec![month(-500, 0), month(500, 0)]);
        assert!(chart.bars.iter().all(|bar| bar.recurring_height >= 0 && bar.recurring_y <= BASE));
    }
}
