//! The growth of a library's cost as a picture: both axes are logarithmic.

use std::path::Path;

use plotters::prelude::*;
use serde::{Deserialize, Serialize};

/// What was measured of one size.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) passages: usize,
    pub(crate) text_mb: f64,
    pub(crate) build_s: f64,
    pub(crate) build_memory_mb: f64,
    pub(crate) segments_mb: f64,
    pub(crate) open_ms: f64,
    pub(crate) memory_mb: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
}

/// A line of the picture: its name, its colour, and its value for a size.
type Line = (&'static str, RGBColor, fn(&Row) -> f64);

const LINES: [Line; 5] = [
    ("build, s", RGBColor(136, 136, 136), |row| row.build_s),
    ("segments, MB", RGBColor(204, 121, 167), |row| {
        row.segments_mb
    }),
    ("memory, MB", RGBColor(0, 114, 178), |row| row.memory_mb),
    ("answer p99, ms", RGBColor(213, 94, 0), |row| row.p99_ms),
    ("answer p50, ms", RGBColor(0, 158, 115), |row| row.p50_ms),
];

/// Draws the rows into an SVG file.
pub(crate) fn draw(file: &Path, rows: &[Row]) {
    let area = SVGBackend::new(file, (760, 440)).into_drawing_area();
    area.fill(&WHITE).unwrap();
    let sizes = rows.iter().map(|row| row.passages as f64);
    let (least, most) = sizes.fold((f64::MAX, 0.0_f64), |(least, most), size| {
        (least.min(size), most.max(size))
    });
    let values = rows
        .iter()
        .flat_map(|row| LINES.map(|(_, _, value)| value(row)));
    let (low, high) = values.fold((1.0_f64, 1.0_f64), |(low, high), it| {
        (low.min(it), high.max(it))
    });
    let mut chart = ChartBuilder::on(&area)
        .margin(16)
        .x_label_area_size(36)
        .y_label_area_size(56)
        .build_cartesian_2d(
            (least..most * 1.1).log_scale(),
            (low * 0.8..high * 1.5).log_scale(),
        )
        .unwrap();
    chart
        .configure_mesh()
        .x_desc("passages")
        .x_label_formatter(&|passages| format!("{passages:.0}"))
        .light_line_style(WHITE)
        .draw()
        .unwrap();
    for (name, colour, value) in LINES {
        let points: Vec<_> = rows
            .iter()
            .map(|row| (row.passages as f64, value(row)))
            .collect();
        let dots = points
            .iter()
            .map(|&point| Circle::new(point, 3, colour.filled()));
        chart.draw_series(dots).unwrap();
        let line = LineSeries::new(points, colour.stroke_width(2));
        chart
            .draw_series(line)
            .unwrap()
            .label(name)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(RGBColor(200, 200, 200))
        .draw()
        .unwrap();
    area.present().unwrap();
}
