//! Draws an active-users picture: marks as SVG text, and where its points lie.
//!
//! Plain Rust over plotters: no browser, no dates, no language. What the axis and the marks say is handed in; the app draws
//! crosshair and tooltip over the picture from the same [`Geometry`].

use plotters::coord::Shift;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::svg::{HATCH, Ink, SvgBackend, UNITS, text_width};
use super::ticks::value_ticks;

/// What to draw.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Picture {
    /// Width and height in CSS pixels.
    pub size: (u32, u32),
    /// One point per bucket, oldest first.
    pub points: Vec<Point>,
    /// Which buckets have a label on the axis, and which.
    pub ticks: Vec<(usize, String)>,
    /// Labels of the value axis are written by this.
    pub value_labels: Vec<(u64, String)>,
    /// The highest full bucket and its label.
    pub peak: Option<(usize, String)>,
    /// Falls and their labels.
    pub drops: Vec<(usize, String)>,
    /// Stretches that are set apart, none over another.
    pub bands: Vec<Band>,
    /// What stands where there is nothing yet.
    pub gap: String,
    /// Labels at the right end; none on narrow screens, where a key replaces them.
    pub ends: Option<EndLabels>,
    /// Whether room is left under the axis for marks of the days.
    pub has_lane: bool,
}

/// A stretch that is set apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// Its first bucket.
    pub first: usize,
    /// Its last bucket.
    pub last: usize,
    /// What it is called.
    pub label: String,
    /// Whether there was no service in it; otherwise there was less use than usual.
    pub is_paused: bool,
}

/// One bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Point {
    /// Its value; none is a gap.
    pub value: Option<u64>,
    /// The value of the earlier period.
    pub previous: Option<u64>,
    /// Whether it is still running.
    pub is_running: bool,
    /// Whether to shade it.
    pub is_weekend: bool,
}

/// What the lines are called at their right end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndLabels {
    /// The current line.
    pub current: String,
    /// Below it: what the running bucket has so far.
    pub running: Option<String>,
    /// The earlier line, where there is one.
    pub previous: Option<String>,
}

/// Where things lie in the picture, in CSS pixels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Geometry {
    /// Left, top, right and bottom of the plot.
    pub plot: [f64; 4],
    /// The centre of each bucket.
    pub centers: Vec<f64>,
    /// The height of each current value.
    pub values: Vec<Option<f64>>,
    /// The height of each earlier value.
    pub previous: Vec<Option<f64>>,
}

impl Geometry {
    /// The bucket whose centre is nearest to `x`.
    pub fn nearest(&self, x: f64) -> Option<usize> {
        let distance = |index: &usize| (self.centers.get(*index).copied().unwrap_or(f64::MAX) - x).abs();
        (0..self.centers.len()).min_by(|a, b| distance(a).total_cmp(&distance(b)))
    }
}

const TOP: u32 = 22;
const BOTTOM: u32 = 28;
const LANE: u32 = 26;
const GAP_AT_END: u32 = 10;

type Area<'out> = DrawingArea<SvgBackend<'out>, Shift>;
type Plot<'a, 'out> = ChartContext<'a, SvgBackend<'out>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;
type Drawn<T = ()> = Result<T, DrawingAreaErrorKind<std::convert::Infallible>>;

/// The inside of the `<svg>` element, and where its points lie. Nothing is drawn where there is no room.
pub fn draw(picture: &Picture) -> (String, Geometry) {
    let mut marks = String::new();
    let geometry = try_draw(picture, &mut marks).unwrap_or_default();
    (marks, geometry)
}

fn try_draw(picture: &Picture, marks: &mut String) -> Drawn<Geometry> {
    let (width, height) = picture.size;
    let left = picture.value_labels.iter().map(|(_, label)| text_width(label)).max().unwrap_or(0).max(16) + 14;
    let right = right_margin(picture);
    if picture.points.is_empty() || width < left + right + 40 || height < TOP + below(picture) + 40 {
        return Ok(Geometry::default());
    }
    if picture.bands.iter().any(|band| !band.is_paused) {
        marks.push_str(HATCH);
    }
    let area = SvgBackend::new(marks, picture.size).into_drawing_area();
    let top = picture.value_labels.iter().map(|(value, _)| *value).max().unwrap_or(1).max(1);
    let last = real(picture.points.len() as u64).max(2.0) - 1.0;
    let tick_positions: Vec<f64> = picture.ticks.iter().map(|(index, _)| real(*index as u64)).collect();
    let units = UNITS.unsigned_abs();
    let mut chart = ChartBuilder::on(&area)
        .margin_top(TOP * units)
        .margin_right(right * units)
        .x_label_area_size(below(picture) * units)
        .y_label_area_size(left * units)
        .build_cartesian_2d(0.0..last, 0.0..real(top))?;
    weekends(&mut chart, picture, last, real(top))?;
    bands(&mut chart, picture, last, real(top))?;
    axes(&chart, &area, picture, &tick_positions)?;
    lines(&mut chart, picture)?;
    let geometry = geometry(&chart, picture);
    gap(&chart, &area, picture)?;
    let taken = named_points(&mut chart, &area, picture)?;
    band_labels(&chart, &area, picture, taken)?;
    if let Some(ends) = &picture.ends {
        end_labels(&area, &geometry, picture, ends)?;
    }
    drop(chart);
    area.present()?;
    drop(area);
    Ok(geometry)
}

/// The room below the plot.
const fn below(picture: &Picture) -> u32 {
    if picture.has_lane { BOTTOM + LANE } else { BOTTOM }
}

fn right_margin(picture: &Picture) -> u32 {
    let Some(ends) = &picture.ends else { return GAP_AT_END };
    let labels = [Some(&ends.current), ends.running.as_ref(), ends.previous.as_ref()];
    labels.into_iter().flatten().map(|label| text_width(label)).max().unwrap_or(0) + GAP_AT_END + 4
}

fn weekends(chart: &mut Plot<'_, '_>, picture: &Picture, last: f64, top: f64) -> Drawn {
    let shaded = picture.points.iter().enumerate().filter(|(_, point)| point.is_weekend);
    for (index, _) in shaded {
        let center = real(index as u64);
        let corners = [((center - 0.5).max(0.0), 0.0), ((center + 0.5).min(last), top)];
        chart.draw_series([Rectangle::new(corners, Ink::Weekend.filled())])?;
    }
    Ok(())
}

fn bands(chart: &mut Plot<'_, '_>, picture: &Picture, last: f64, top: f64) -> Drawn {
    for band in &picture.bands {
        let (left, right) = ((real(band.first as u64) - 0.5).max(0.0), (real(band.last as u64) + 0.5).min(last));
        let ink = if band.is_paused { Ink::Paused } else { Ink::Quiet };
        chart.draw_series([Rectangle::new([(left, 0.0), (right, top)], ink.filled())])?;
        for edge in [left, right] {
            chart.draw_series(LineSeries::new([(edge, 0.0), (edge, top)], Ink::BandEdge))?;
        }
    }
    Ok(())
}

/// The note where nothing was used yet, if it fits there.
fn gap(chart: &Plot<'_, '_>, area: &Area<'_>, picture: &Picture) -> Drawn {
    let first = picture.points.iter().position(|point| point.value.is_some()).unwrap_or(picture.points.len() - 1);
    let plot = chart.plotting_area();
    let (across, down) = plot.get_pixel_range();
    let end = plot.map_coordinate(&(real(first as u64), 0.0)).0;
    let room = u32::try_from((end - across.start) / UNITS).unwrap_or(0);
    if picture.gap.is_empty() || room < text_width(&picture.gap) + 8 {
        return Ok(());
    }
    let at = (i32::midpoint(across.start, end), i32::midpoint(down.start, down.end));
    text(area, &picture.gap, at, Ink::Tick, HPos::Center, VPos::Center)
}

fn axes(chart: &Plot<'_, '_>, area: &Area<'_>, picture: &Picture, ticks: &[f64]) -> Drawn {
    let plot = chart.plotting_area();
    let [left, right] = [plot.get_pixel_range().0.start, plot.get_pixel_range().0.end];
    for (value, label) in &picture.value_labels {
        let y = plot.map_coordinate(&(0.0, real(*value))).1;
        let ink = if *value == 0 { Ink::Axis } else { Ink::Grid };
        area.draw(&PathElement::new(vec![(left, y), (right, y)], ink.stroke_width(1)))?;
        text(area, label, (left - 8 * UNITS, y), Ink::Tick, HPos::Right, VPos::Center)?;
    }
    for (position, (_, label)) in ticks.iter().zip(&picture.ticks) {
        let (x, y) = plot.map_coordinate(&(*position, 0.0));
        area.draw(&PathElement::new(vec![(x, y), (x, y + 4 * UNITS)], Ink::Axis.stroke_width(1)))?;
        text(area, label, (x, y + 8 * UNITS), Ink::Tick, HPos::Center, VPos::Top)?;
    }
    Ok(())
}

fn lines(chart: &mut Plot<'_, '_>, picture: &Picture) -> Drawn {
    let full = |point: &Point| point.value.filter(|_| !point.is_running);
    for run in runs(&picture.points, full) {
        chart.draw_series(AreaSeries::new(run.iter().copied(), 0.0, Ink::Area).border_style(Ink::Area.mix(0.0)))?;
    }
    for run in runs(&picture.points, |point| point.previous) {
        chart.draw_series(LineSeries::new(run, Ink::Previous))?;
    }
    for run in runs(&picture.points, full) {
        chart.draw_series(LineSeries::new(run, Ink::Current))?;
    }
    let Some(running) = picture.points.iter().position(|point| point.is_running) else { return Ok(()) };
    let Some(value) = picture.points[running].value else { return Ok(()) };
    let end = (real(running as u64), real(value));
    if let Some(before) = running.checked_sub(1).and_then(|before| full(&picture.points[before])) {
        chart.draw_series(LineSeries::new([(end.0 - 1.0, real(before)), end], Ink::Running))?;
    }
    chart.draw_series([Circle::new(end, 35, Ink::Dot.filled())])?;
    Ok(())
}

/// The stretches without a gap, as coordinates.
fn runs(points: &[Point], value: impl Fn(&Point) -> Option<u64>) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (index, point) in points.iter().enumerate() {
        match (value(point), runs.last_mut()) {
            (Some(value), Some(run)) => run.push((real(index as u64), real(value))),
            (None, Some(run)) if !run.is_empty() => runs.push(Vec::new()),
            _ => {}
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Where a label stands: its middle, half its width, its base line.
type Taken = (i32, i32, i32);

fn named_points(chart: &mut Plot<'_, '_>, area: &Area<'_>, picture: &Picture) -> Drawn<Vec<Taken>> {
    let peak = picture.peak.iter().map(|named| (named, Ink::Dot, Ink::Mark));
    let drops = picture.drops.iter().map(|named| (named, Ink::DropDot, Ink::DropMark));
    let mut labels = Vec::new();
    for ((index, label), dot, ink) in peak.chain(drops) {
        let Some(value) = picture.points.get(*index).and_then(|point| point.value) else { continue };
        let at = (real(*index as u64), real(value));
        chart.draw_series([Circle::new(at, 40, dot.filled())])?;
        labels.push((chart.plotting_area().map_coordinate(&at), label, ink));
    }
    let down = chart.plotting_area().get_pixel_range().1;
    let mut taken = Vec::new();
    for ((x, y), label, ink) in labels {
        let (x, half) = within(chart, x, label);
        // A peak is named above its point, a drop below it, or above where the axis is near.
        let is_low = y + 24 * UNITS > down.end;
        let y = if ink == Ink::DropMark && !is_low { y + 19 * UNITS } else { y - 9 * UNITS };
        text(area, label, (x, y), ink, HPos::Center, VPos::Bottom)?;
        taken.push((x, half, y));
    }
    Ok(taken)
}

/// The middle of a label, moved so far that it stays over the plot; and half its width.
fn within(chart: &Plot<'_, '_>, x: i32, label: &str) -> (i32, i32) {
    let across = chart.plotting_area().get_pixel_range().0;
    let half = i32::try_from(text_width(label)).unwrap_or(0) * UNITS / 2;
    let (first, last) = (across.start + half - 8 * UNITS, across.end - half + 8 * UNITS);
    (x.clamp(first, last.max(first)), half)
}

/// Above the plot, or at its upper edge where a peak is named there; left out where both are taken: the key names it too.
fn band_labels(chart: &Plot<'_, '_>, area: &Area<'_>, picture: &Picture, mut taken: Vec<Taken>) -> Drawn {
    let plot = chart.plotting_area();
    let top = plot.get_pixel_range().1.start;
    for band in &picture.bands {
        let middle = f64::midpoint(real(band.first as u64), real(band.last as u64));
        let (x, half) = within(chart, plot.map_coordinate(&(middle, 0.0)).0, &band.label);
        let is_free = |y: &i32| {
            let is_apart = |(other, other_half, other_y): &Taken| {
                (x - other).abs() > half + other_half + 8 * UNITS || (y - other_y).abs() > 16 * UNITS
            };
            taken.iter().all(is_apart)
        };
        let place = [top - 8 * UNITS, top + 15 * UNITS].into_iter().find(is_free);
        if let Some(y) = place {
            text(area, &band.label, (x, y), Ink::BandMark, HPos::Center, VPos::Bottom)?;
            taken.push((x, half, y));
        }
    }
    Ok(())
}

fn end_labels(area: &Area<'_>, geometry: &Geometry, picture: &Picture, ends: &EndLabels) -> Drawn {
    let x = units(geometry.plot[2]) + GAP_AT_END.cast_signed() * UNITS;
    let Some(current) = geometry.values.iter().rev().find_map(|height| *height) else { return Ok(()) };
    let previous = geometry.previous.iter().rev().find_map(|height| *height).filter(|_| ends.previous.is_some());
    let bottom = picture.size.1.saturating_sub(below(picture));
    let (current, previous) = apart(current, previous, f64::from(bottom));
    text(area, &ends.current, (x, units(current)), Ink::End, HPos::Left, VPos::Center)?;
    if let Some(running) = &ends.running {
        text(area, running, (x, units(current) + 15 * UNITS), Ink::Tick, HPos::Left, VPos::Center)?;
    }
    if let (Some(previous), Some(label)) = (previous, &ends.previous) {
        text(area, label, (x, units(previous)), Ink::PreviousEnd, HPos::Left, VPos::Center)?;
    }
    Ok(())
}

/// The heights of the two end labels, at least 36 px apart and above the axis. The current label has a second line below it.
fn apart(current: f64, previous: Option<f64>, bottom: f64) -> (f64, Option<f64>) {
    const LEAST: f64 = 36.0;
    const TOPMOST: f64 = 9.0;
    let lowest = bottom - 18.0;
    // Not `clamp`, which brings along how fractions are written.
    let current = current.min(lowest).max(TOPMOST);
    let Some(previous) = previous else { return (current, None) };
    let previous = previous.min(bottom - 4.0).max(TOPMOST);
    if (current - previous).abs() >= LEAST {
        return (current, Some(previous));
    }
    if previous > current {
        let previous = (current + LEAST).min(bottom - 4.0);
        (previous - LEAST, Some(previous))
    } else {
        let current = current.max(TOPMOST + LEAST);
        (current, Some(current - LEAST))
    }
}

fn geometry(chart: &Plot<'_, '_>, picture: &Picture) -> Geometry {
    let plot = chart.plotting_area();
    let (across, down) = plot.get_pixel_range();
    let at = |index: usize, value: u64| plot.map_coordinate(&(real(index as u64), real(value)));
    let height = |index: usize, value: Option<u64>| value.map(|value| pixels(at(index, value).1));
    let points = || picture.points.iter().enumerate();
    Geometry {
        plot: [pixels(across.start), pixels(down.start), pixels(across.end), pixels(down.end)],
        centers: points().map(|(index, _)| pixels(at(index, 0).0)).collect(),
        values: points().map(|(index, point)| height(index, point.value)).collect(),
        previous: points().map(|(index, point)| height(index, point.previous)).collect(),
    }
}

/// Writes a label where `at` lies.
pub(super) fn text(area: &Area<'_>, label: &str, at: (i32, i32), ink: Ink, across: HPos, down: VPos) -> Drawn {
    // Not by its name, which brings along the lower case of all scripts.
    let font = FontDesc::new(FontFamily::SansSerif, 130.0, FontStyle::Normal);
    let style = font.color(&ink).pos(Pos::new(across, down));
    area.draw_text(label, &style, at)
}

/// The value labels a picture needs: round numbers from zero to above the highest value.
pub fn value_axis(points: &[Point], label: impl Fn(u64) -> String) -> Vec<(u64, String)> {
    let highest = points.iter().flat_map(|point| [point.value, point.previous]).flatten().max().unwrap_or(0);
    value_ticks(highest).into_iter().map(|value| (value, label(value))).collect()
}

fn pixels(units: i32) -> f64 {
    f64::from(units) / f64::from(UNITS)
}

#[expect(clippy::cast_possible_truncation, reason = "coordinates of a picture a few thousand pixels wide")]
fn units(pixels: f64) -> i32 {
    (pixels * f64::from(UNITS)).round() as i32
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn real(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
#[path = "draw_tests.rs"]
mod tests;
