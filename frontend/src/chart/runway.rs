//! Draws a projected balance: a step line, dashed and hatched below zero, with a mark per day on which something is due.
//!
//! Plain Rust over plotters, as [`super::draw`]: no browser, no dates, no language.

use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, VPos};

use super::draw::text;
use super::svg::{HATCH, Ink, SvgBackend, UNITS, text_width};

/// What to draw.
pub struct Runway {
    /// Width and height in CSS pixels.
    pub size: (u32, u32),
    /// The balance at the end of each day, in minor units.
    pub balances: Vec<i64>,
    /// Whether something is due on the day.
    pub due: Vec<bool>,
    /// Which days have a label on the axis, and which.
    pub ticks: Vec<(usize, String)>,
    /// Minor units in one unit of the currency: labels of the value axis stand at multiples of it.
    pub unit: i64,
    /// What stands where the balance falls below zero.
    pub first_short: Option<String>,
    /// What stands at the end of the line.
    pub end: String,
    /// How a value on the axis is written.
    pub value_label: Box<dyn Fn(i64) -> String>,
}

impl Default for Runway {
    fn default() -> Self {
        Self {
            size: (0, 0),
            balances: Vec::new(),
            due: Vec::new(),
            ticks: Vec::new(),
            unit: 1,
            first_short: None,
            end: String::new(),
            value_label: Box::new(|value| value.to_string()),
        }
    }
}

impl std::fmt::Debug for Runway {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Runway")
            .field("size", &self.size)
            .field("balances", &self.balances)
            .finish_non_exhaustive()
    }
}

const TOP: u32 = 14;
const BOTTOM: u32 = 46;

type Area<'out> = DrawingArea<SvgBackend<'out>, plotters::coord::Shift>;
type Plot<'a, 'out> = ChartContext<'a, SvgBackend<'out>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Corners = Vec<(f64, f64)>;
type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<std::convert::Infallible>>;

/// The inside of the `<svg>` element; nothing where there is no room.
pub fn draw(picture: &Runway) -> String {
    let mut marks = HATCH.to_owned();
    match try_draw(picture, &mut marks) {
        Ok(true) => marks,
        _ => String::new(),
    }
}

fn try_draw(picture: &Runway, marks: &mut String) -> Drawn<bool> {
    let (width, height) = picture.size;
    let values = value_ticks(&picture.balances, picture.unit);
    let labels: Vec<String> = values.iter().map(|value| (picture.value_label)(*value)).collect();
    let left = labels.iter().map(|label| text_width(label)).max().unwrap_or(0) + 14;
    let right = text_width(&picture.end) + 18;
    if picture.balances.len() < 2 || width < left + right + 60 || height < TOP + BOTTOM + 40 {
        return Ok(false);
    }
    let (Some(lowest), Some(highest)) = (values.first(), values.last()) else { return Ok(false) };
    let units = UNITS.unsigned_abs();
    let area = SvgBackend::new(marks, picture.size).into_drawing_area();
    let last = index(picture.balances.len());
    let mut chart = ChartBuilder::on(&area)
        .margin_top(TOP * units)
        .margin_right(right * units)
        .x_label_area_size(BOTTOM * units)
        .y_label_area_size(left * units)
        .build_cartesian_2d(0.0..last, real(*lowest)..real(*highest))?;
    axes(&chart, &area, picture, &values, &labels)?;
    line(&mut chart, picture)?;
    names(&chart, &area, picture)?;
    drop(chart);
    area.present()?;
    drop(area);
    Ok(true)
}

fn axes(chart: &Plot<'_, '_>, area: &Area<'_>, picture: &Runway, values: &[i64], labels: &[String]) -> Drawn {
    let plot = chart.plotting_area();
    let (across, down) = plot.get_pixel_range();
    for (value, label) in values.iter().zip(labels) {
        let y = plot.map_coordinate(&(0.0, real(*value))).1;
        let ink = if *value == 0 { Ink::Axis } else { Ink::Grid };
        area.draw(&PathElement::new(vec![(across.start, y), (across.end, y)], ink.stroke_width(1)))?;
        text(area, label, (across.start - 8 * UNITS, y), Ink::Tick, HPos::Right, VPos::Center)?;
    }
    // A mark per day on which something is due: as a step of the line it may be too small to be seen.
    for day in picture.due.iter().enumerate().filter(|(_, is_due)| **is_due).map(|(day, _)| day) {
        let is_short = picture.balances.get(day).is_some_and(|balance| *balance < 0);
        let x = plot.map_coordinate(&(index(day), 0.0)).0;
        let ink = if is_short { Ink::Short } else { Ink::Current };
        let (top, bottom) = (down.end + 8 * UNITS, down.end + 15 * UNITS);
        area.draw(&PathElement::new(vec![(x, top), (x, bottom)], ink.stroke_width(1)))?;
    }
    for (day, label) in &picture.ticks {
        let x = plot.map_coordinate(&(index(*day), 0.0)).0;
        text(area, label, (x, down.end + 22 * UNITS), Ink::Tick, HPos::Center, VPos::Top)?;
    }
    Ok(())
}

/// Solid and filled above zero, dashed and hatched below.
fn line(chart: &mut Plot<'_, '_>, picture: &Runway) -> Drawn {
    let (covered, short) = steps(&picture.balances);
    let closed = |points: &[(f64, f64)]| {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return Vec::new() };
        let mut shape = points.to_vec();
        shape.extend([(last.0, 0.0), (first.0, 0.0)]);
        shape
    };
    for (points, ink, fill) in [(covered, Ink::Current, Ink::Area), (short.clone(), Ink::Short, Ink::ShortArea)] {
        if points.len() > 1 {
            chart.draw_series([Polygon::new(closed(&points), fill.filled())])?;
            chart.draw_series(LineSeries::new(points, ink))?;
        }
    }
    if let Some(start) = short.first() {
        chart.draw_series([Circle::new((start.0, 0.0), 40, Ink::ShortDot.filled())])?;
    }
    Ok(())
}

/// The corners of the step line, before and from the day on which it falls below zero.
fn steps(balances: &[i64]) -> (Corners, Corners) {
    let edge = balances.iter().position(|balance| *balance < 0).unwrap_or(balances.len());
    let corners = |from: usize, to: usize| {
        let mut corners = Vec::new();
        for day in from..to {
            if day > from {
                corners.push((index(day), real(balances[day - 1])));
            }
            corners.push((index(day), real(balances[day])));
        }
        corners
    };
    let mut covered = corners(0, edge);
    let mut short = corners(edge, balances.len());
    if edge < balances.len() {
        if edge > 0 {
            covered.extend([(index(edge), real(balances[edge - 1])), (index(edge), 0.0)]);
        }
        short.insert(0, (index(edge), 0.0));
    }
    (covered, short)
}

fn names(chart: &Plot<'_, '_>, area: &Area<'_>, picture: &Runway) -> Drawn {
    let plot = chart.plotting_area();
    let (across, down) = plot.get_pixel_range();
    let Some(last) = picture.balances.last() else { return Ok(()) };
    let (x, y) = plot.map_coordinate(&(index(picture.balances.len()), real(*last)));
    let ink = if *last < 0 { Ink::ShortEnd } else { Ink::End };
    let y = y.clamp(down.start + 8 * UNITS, down.end - 4 * UNITS);
    text(area, &picture.end, (x + 8 * UNITS, y), ink, HPos::Left, VPos::Center)?;
    let edge = picture.balances.iter().position(|balance| *balance < 0);
    if let (Some(edge), Some(label)) = (edge, &picture.first_short) {
        let x = plot.map_coordinate(&(index(edge), 0.0)).0;
        area.draw(&PathElement::new(vec![(x, down.start), (x, down.end)], Ink::Cross.stroke_width(1)))?;
        let width = i32::try_from(text_width(label)).unwrap_or_default() * UNITS;
        let is_right = x + width + 10 * UNITS < across.end;
        let (x, side) = if is_right { (x + 8 * UNITS, HPos::Left) } else { (x - 8 * UNITS, HPos::Right) };
        text(area, label, (x, down.start + 8 * UNITS), Ink::Mark, side, VPos::Center)?;
    }
    Ok(())
}

/// Round values from below the lowest to above the highest balance, zero among them: multiples of a unit of the currency.
fn value_ticks(balances: &[i64], unit: i64) -> Vec<i64> {
    let lowest = balances.iter().copied().min().unwrap_or(0).min(0);
    let highest = balances.iter().copied().max().unwrap_or(0).max(unit.max(1));
    let steps = |step: i64| highest.div_euclid(step) + 1 - lowest.div_euclid(step);
    let unit = unit.max(1);
    let candidates =
        (0_u32..16).flat_map(|power| [1, 2, 5].map(|digit| unit.saturating_mul(digit * 10_i64.pow(power))));
    let step = candidates.filter(|step| steps(*step) <= 7).min().unwrap_or(i64::MAX);
    let from = lowest.div_euclid(step);
    let to = highest.div_euclid(step) + i64::from(highest.rem_euclid(step) > 0);
    (from..=to).map(|count| count * step).collect()
}

#[expect(clippy::cast_precision_loss, reason = "days of a chart")]
fn index(day: usize) -> f64 {
    day as f64
}

#[expect(clippy::cast_precision_loss, reason = "amounts stay below 2^53 minor units")]
fn real(minor: i64) -> f64 {
    minor as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_axis_has_round_values_and_zero() {
        assert_eq!(value_ticks(&[49_610, -101_690], 100), [-150_000, -100_000, -50_000, 0, 50_000]);
        assert_eq!(value_ticks(&[300], 100), [0, 100, 200, 300]);
        assert_eq!(value_ticks(&[0, 0], 100), [0, 100]);
        for balances in [vec![5], vec![1_000_000_000_000, -1], vec![-7, -900_000], vec![12_345_678]] {
            let ticks = value_ticks(&balances, 100);
            assert!(ticks.contains(&0) && ticks.len() <= 9, "{balances:?}: {ticks:?}");
            let (lowest, highest) = (ticks[0], ticks[ticks.len() - 1]);
            assert!(balances.iter().all(|value| (lowest..=highest).contains(value)), "{balances:?}: {ticks:?}");
        }
    }

    #[test]
    fn the_line_is_solid_until_the_day_it_falls_below_zero() {
        let (covered, short) = steps(&[100, 60, -40, -40]);
        assert_eq!(covered, [(0.0, 100.0), (1.0, 100.0), (1.0, 60.0), (2.0, 60.0), (2.0, 0.0)]);
        assert_eq!(short, [(2.0, 0.0), (2.0, -40.0), (3.0, -40.0), (3.0, -40.0)]);
        assert_eq!(steps(&[5, 5]).1, []);
        assert_eq!(steps(&[-5]).0, []);
    }

    #[test]
    fn it_is_drawn_in_classes_or_not_at_all() {
        let picture = Runway {
            size: (700, 300),
            balances: vec![40_000, 10_000, -5_000],
            due: vec![false, true, true],
            unit: 100,
            end: "€50.00 short".to_owned(),
            first_short: Some("First not covered: 24 Nov".to_owned()),
            ..Runway::default()
        };
        let marks = draw(&picture);
        for part in ["line line--cur", "line line--neg", "area--neg", "€50.00 short", "First not covered", "<pattern"]
        {
            assert!(marks.contains(part), "{part} in {marks}");
        }
        assert_eq!(draw(&Runway { size: (50, 300), ..picture }), "");
    }
}
