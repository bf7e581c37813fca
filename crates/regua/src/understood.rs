//! What was understood of files, column by column: nobody should have to guess what was guessed.

use regua_wire::files::{Report, Warning};

use crate::output::{Cell, Format, Listing, Out, Paint, counted, shortened};

/// Warnings of one file that are shown.
const WARNINGS_SHOWN_MAX: usize = 5;

/// Shows how each file was read.
pub(crate) fn understood(reports: &[Report], format: Format, out: &mut Out) -> anyhow::Result<()> {
    if format != Format::Table {
        let mut rows = Listing::new(&["file", "column", "meaning", "format", "example"].map(|name| (name, name)));
        for report in reports {
            for column in &report.columns {
                rows.row([
                    report.file.as_str().into(),
                    column.header.as_str().into(),
                    column.meaning.to_string().into(),
                    column.format.as_str().into(),
                    column.example.as_str().into(),
                ]);
            }
        }
        return out.listing(&rows, format);
    }
    for report in reports {
        let head = out.paint(Paint::Bold, &report.file);
        out.line(&format!("{head}: {}", report.format))?;
        let mut rows =
            Listing::new(&[("column", "column"), ("meaning", "understood as"), ("format", "written as"), ("example", "first value")]);
        for column in &report.columns {
            let example: Cell = shortened(&column.example, EXAMPLE_MAX).into();
            rows.row([column.header.as_str().into(), column.meaning.to_string().into(), column.format.as_str().into(), example]);
        }
        out.listing(&rows, format)?;
        out.paragraph(0, &counts(report))?;
        warnings(&report.warnings, report.counts.warnings, out)?;
        out.gap()?;
    }
    Ok(())
}

/// Most characters of an example that are shown.
const EXAMPLE_MAX: usize = 32;

fn counts(report: &Report) -> String {
    let counts = report.counts;
    let parts = [(counts.receivables, "receivable"), (counts.customers, "customer"), (counts.payments, "payment")];
    let mut told: Vec<String> = parts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| counted(*count, what)).collect();
    if counts.rejected > 0 {
        told.push(format!("{} rejected", counted(counts.rejected, "row")));
    }
    told.extend(report.skipped.iter().map(|(reason, count)| format!("{} left out: {reason}", counted(*count, "row"))));
    format!("{}: {}", counted(counts.rows, "row"), if told.is_empty() { "nothing of use".to_owned() } else { told.join(", ") })
}

fn warnings(warnings: &[Warning], count: u64, out: &mut Out) -> anyhow::Result<()> {
    for warning in warnings.iter().take(WARNINGS_SHOWN_MAX) {
        let again = if warning.times > 1 { format!(" ({})", counted(warning.times, "time")) } else { String::new() };
        let place = if warning.column.is_empty() { String::new() } else { format!(", {}", warning.column) };
        out.aside(Paint::Yellow, &format!("warning: row {}{place}: {}{again}", warning.row, warning.text))?;
    }
    let shown = u64::try_from(warnings.len().min(WARNINGS_SHOWN_MAX)).unwrap_or(0);
    if count > shown {
        out.line(&format!("and {}", counted(count - shown, "more warning")))?;
    }
    Ok(())
}
