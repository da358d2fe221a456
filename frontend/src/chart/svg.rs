//! A plotters backend that writes SVG in CSS classes.
//!
//! Plotters draws with colours; here a "colour" is the number of a class ([`Ink`]), so themes switch without a redraw and
//! no style attribute is ever written. The drawing area is ten times as large as the picture: one unit is a tenth of a pixel.

use std::convert::Infallible;
use std::fmt::Write as _;

use plotters::style::Color;
use plotters_backend::text_anchor::{HPos, VPos};
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind};

/// Units of the drawing area in one CSS pixel.
pub const UNITS: i32 = 10;
/// The size of all chart text, as the style sheet sets it.
const FONT_PIXELS: f64 = 13.0;

/// The pattern that hatched areas are filled with; drawn before them.
pub const HATCH: &str = r#"<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch__bg" width="7" height="7"/><line class="hatch__line" x1="0" x2="0" y1="0" y2="7"/></pattern></defs>"#;

/// What a mark is; the style sheet decides how it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Ink {
    /// A horizontal grid line.
    Grid,
    /// The zero line and the ticks on it.
    Axis,
    /// An axis label.
    Tick,
    /// The shading of a weekend.
    Weekend,
    /// The area under the current line.
    Area,
    /// The current period.
    Current,
    /// The stretch that leads to the running bucket.
    Running,
    /// The earlier period.
    Previous,
    /// A dot on the current line.
    Dot,
    /// The label of a peak.
    Mark,
    /// A dot where use fell.
    DropDot,
    /// The label of a drop.
    DropMark,
    /// The label at the end of the current line.
    End,
    /// The label at the end of the earlier line.
    PreviousEnd,
    /// A balance below zero.
    Short,
    /// The area between it and zero.
    ShortArea,
    /// Where it begins.
    ShortDot,
    /// The label at its end.
    ShortEnd,
    /// The line where it begins.
    Cross,
    /// A stretch below the usual.
    Quiet,
    /// A stretch without service.
    Paused,
    /// Where that begins and ends.
    BandEdge,
    /// The label of a stretch.
    BandMark,
}

impl Ink {
    const ALL: [Self; 23] = [
        Self::Grid,
        Self::Axis,
        Self::Tick,
        Self::Weekend,
        Self::Area,
        Self::Current,
        Self::Running,
        Self::Previous,
        Self::Dot,
        Self::Mark,
        Self::DropDot,
        Self::DropMark,
        Self::End,
        Self::PreviousEnd,
        Self::Short,
        Self::ShortArea,
        Self::ShortDot,
        Self::ShortEnd,
        Self::Cross,
        Self::Quiet,
        Self::Paused,
        Self::BandEdge,
        Self::BandMark,
    ];

    const fn class(self) -> &'static str {
        match self {
            Self::Grid => "grid",
            Self::Axis => "grid grid--zero",
            Self::Tick => "tick",
            Self::Weekend => "weekend",
            Self::Area => "area",
            Self::Current => "line line--cur",
            Self::Running => "line line--partial",
            Self::Previous => "line line--prev",
            Self::Dot => "dot",
            Self::Mark => "mark",
            Self::DropDot => "dot dot--drop",
            Self::DropMark => "mark mark--drop",
            Self::End => "end",
            Self::PreviousEnd => "end end--prev",
            Self::Short => "line line--neg",
            Self::ShortArea => "area--neg",
            Self::ShortDot => "dot dot--warn",
            Self::ShortEnd => "end end--bad",
            Self::Cross => "cross",
            Self::Quiet => "band band--quiet",
            Self::Paused => "band",
            Self::BandEdge => "band__edge",
            Self::BandMark => "mark mark--band",
        }
    }
}

impl Color for Ink {
    fn to_backend_color(&self) -> BackendColor {
        BackendColor { alpha: 1.0, rgb: (*self as u8, 0, 0) }
    }
}

/// Writes the inside of an `<svg>` element.
#[derive(Debug)]
pub struct SvgBackend<'out> {
    out: &'out mut String,
    size: (u32, u32),
}

impl<'out> SvgBackend<'out> {
    /// Draws onto a picture of `size` CSS pixels; the marks are appended to `out`.
    pub fn new(out: &'out mut String, size: (u32, u32)) -> Self {
        let units = UNITS.unsigned_abs();
        Self { out, size: (size.0 * units, size.1 * units) }
    }

    fn put(&mut self, arguments: std::fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.out.write_fmt(arguments);
    }
}

/// A coordinate in pixels, with one decimal only where there is one.
struct Pixels(i32);

impl std::fmt::Display for Pixels {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (whole, tenth) = (self.0.abs() / UNITS, self.0.abs() % UNITS);
        let sign = if self.0 < 0 { "-" } else { "" };
        if tenth == 0 { write!(formatter, "{sign}{whole}") } else { write!(formatter, "{sign}{whole}.{tenth}") }
    }
}

fn class_of(color: BackendColor) -> Option<&'static str> {
    if color.alpha <= 0.0 {
        return None;
    }
    Ink::ALL.get(usize::from(color.rgb.0)).map(|ink| ink.class())
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let mut text = String::new();
    for (x, y) in path {
        let separator = if text.is_empty() { "" } else { " " };
        let _ = write!(text, "{separator}{},{}", Pixels(x), Pixels(y));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

impl DrawingBackend for SvgBackend<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, _: BackendCoord, _: BackendColor) -> Drawn {
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        if let Some(class) = class_of(style.color()) {
            let (x1, y1, x2, y2) = (Pixels(from.0), Pixels(from.1), Pixels(to.0), Pixels(to.1));
            self.put(format_args!(r#"<line class="{class}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#));
        }
        Ok(())
    }

    fn draw_rect<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S, _: bool) -> Drawn {
        if let Some(class) = class_of(style.color()) {
            let (x, y) = (Pixels(from.0.min(to.0)), Pixels(from.1.min(to.1)));
            let (width, height) = (Pixels((to.0 - from.0).abs()), Pixels((to.1 - from.1).abs()));
            self.put(format_args!(r#"<rect class="{class}" x="{x}" y="{y}" width="{width}" height="{height}"/>"#));
        }
        Ok(())
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        if let Some(class) = class_of(style.color()) {
            let points = points(path);
            self.put(format_args!(r#"<polyline class="{class}" points="{points}"/>"#));
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(&mut self, path: I, style: &S) -> Drawn {
        if let Some(class) = class_of(style.color()) {
            let points = points(path);
            self.put(format_args!(r#"<polygon class="{class}" points="{points}"/>"#));
        }
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(&mut self, center: BackendCoord, radius: u32, style: &S, _: bool) -> Drawn {
        if let Some(class) = class_of(style.color()) {
            let (cx, cy) = (Pixels(center.0), Pixels(center.1));
            let r = Pixels(i32::try_from(radius).unwrap_or_default());
            self.put(format_args!(r#"<circle class="{class}" cx="{cx}" cy="{cy}" r="{r}"/>"#));
        }
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, at: BackendCoord) -> Drawn {
        let Some(class) = class_of(style.color()) else { return Ok(()) };
        let anchor = style.anchor();
        let end = match anchor.h_pos {
            HPos::Left => "",
            HPos::Center => r#" text-anchor="middle""#,
            HPos::Right => r#" text-anchor="end""#,
        };
        // From the anchor to the base line of 13 px text.
        let shift = match anchor.v_pos {
            VPos::Top => 105,
            VPos::Center => 45,
            VPos::Bottom => 0,
        };
        let (x, y, text) = (Pixels(at.0), Pixels(at.1 + shift), escaped(text));
        self.put(format_args!(r#"<text class="{class}" x="{x}" y="{y}"{end}>{text}</text>"#));
        Ok(())
    }

    /// Asking the browser would add styled elements to the page; an estimate is enough to keep labels apart.
    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        _: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Self::ErrorType>> {
        let units = UNITS.unsigned_abs();
        Ok((text_width(text) * units, 16 * units))
    }
}

/// The estimated width of chart text in pixels.
pub fn text_width(text: &str) -> u32 {
    let letters = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    // 0.56 em is the mean width of digits and letters in the usual system fonts.
    const { assert!(FONT_PIXELS == 13.0) };
    letters * 73 / 10
}
