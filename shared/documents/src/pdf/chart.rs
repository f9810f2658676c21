//! Bar, line and pie charts, drawn as shapes.

use super::{
    Align,
    font::Weight,
    report::{ROOM, Report},
    sheets::{Color, Path, Style, rectangle},
};

const HEIGHT: f32 = 150.0;
const SMALL: f32 = 7.5;
/// White between two charts in a row.
const GAP: f32 = 18.0;

/// Colours of pieces, in order.
const PALETTE: [Color; 8] = [
    Color(0x2f, 0x5d, 0x34),
    Color(0xb0, 0x8d, 0x2e),
    Color(0x4f, 0x7c, 0xac),
    Color(0xa8, 0x44, 0x3c),
    Color(0x7a, 0x9e, 0x57),
    Color(0x8a, 0x6f, 0xa8),
    Color(0x5f, 0x9e, 0xa0),
    Color(0x8c, 0x8c, 0x84),
];

/// How numbers are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// A bar for each.
    Bars,
    /// A line from one to the next.
    Line,
    /// Each as a part of the whole.
    Pie,
}

/// Numbers with names. Those that are negative or no numbers count as nothing.
#[derive(Clone, Debug)]
pub struct Chart {
    /// What it shows.
    pub title: String,
    /// How.
    pub kind: ChartKind,
    /// The numbers, in order.
    pub values: Vec<(String, f64)>,
    /// The upper end of the scale; the next round number above the values without it.
    pub most: Option<f64>,
}

/// Where something is drawn.
#[derive(Clone, Copy)]
struct Room {
    x: f32,
    y: f32,
    width: f32,
    height: f32,
}

impl Report {
    /// Charts side by side.
    pub fn charts(&mut self, charts: &[Chart]) {
        if charts.is_empty() {
            return;
        }
        self.need(HEIGHT + 24.0);
        self.space(6.0);
        let width = (ROOM - GAP * (charts.len() - 1) as f32) / charts.len() as f32;
        for (at, chart) in charts.iter().enumerate() {
            let x = self.left() + at as f32 * (width + GAP);
            let title = self.fonts().few_lines(&chart.title, Weight::Bold, 9.0, width, 1).concat();
            self.sheets.text((x, self.y + 9.0), &title, Style::bold(9.0));
            self.chart(chart, Room { x, y: self.y + 16.0, width, height: HEIGHT - 16.0 });
        }
        self.space(HEIGHT + 8.0);
    }

    fn chart(&mut self, chart: &Chart, room: Room) {
        let values: Vec<(&str, f32)> = chart
            .values
            .iter()
            .map(|(name, value)| {
                (name.as_str(), if value.is_finite() && *value > 0.0 { *value as f32 } else { 0.0 })
            })
            .collect();
        let total: f32 = values.iter().map(|(_, value)| value).sum();
        if values.is_empty() || (chart.kind == ChartKind::Pie && total <= 0.0) {
            self.sheets.frame((room.x, room.y), (room.width, room.height), 0.6, Color::LINE);
            let style = Style::regular(9.0).colored(Color::GREY);
            let middle = (room.x, room.y + room.height / 2.0 + 3.0);
            self.sheets.aligned(middle, room.width, "No data", style, Align::Center);
            return;
        }
        match chart.kind {
            ChartKind::Pie => self.pie(&values, total, room),
            ChartKind::Bars | ChartKind::Line => {
                let most = chart.most.map_or(0.0, |most| most as f32);
                let most = values.iter().fold(most, |most, (_, value)| most.max(*value));
                let most =
                    if chart.most.is_some_and(|fixed| fixed as f32 >= most) { most } else { round_up(most) };
                let room = self.scale(most, room);
                self.names(&values, room);
                match chart.kind {
                    ChartKind::Line => self.points(&values, most, room),
                    _ => self.bars(&values, most, room),
                }
            }
        }
    }

    /// Draws the scale and gives the room that is left for the values.
    fn scale(&mut self, most: f32, room: Room) -> Room {
        const STEPS: usize = 4;
        let inner =
            Room { x: room.x + 26.0, y: room.y + 10.0, width: room.width - 26.0, height: room.height - 36.0 };
        let style = Style::regular(SMALL).colored(Color::GREY);
        for step in 0..=STEPS {
            let share = step as f32 / STEPS as f32;
            let y = inner.y + inner.height * (1.0 - share);
            let color = if step == 0 { Color::GREY } else { Color::LINE };
            self.sheets.rule((inner.x, y), (inner.x + inner.width, y), 0.5, color);
            self.sheets.aligned((room.x, y + 2.5), 22.0, &number(most * share), style, Align::Right);
        }
        inner
    }

    /// The names below the values; of many only some.
    fn names(&mut self, values: &[(&str, f32)], room: Room) {
        let step = room.width / values.len() as f32;
        let shown = (34.0 / step).ceil().max(1.0) as usize;
        let style = Style::regular(SMALL).colored(Color::GREY);
        let wide = step * shown as f32;
        for (at, (name, _)) in values.iter().enumerate().step_by(shown) {
            let x = room.x + step * (at as f32 + 0.5) - wide / 2.0;
            let lines = self.fonts().few_lines(name, style.weight, SMALL, wide - 2.0, 2);
            for (row, line) in lines.iter().enumerate() {
                let y = room.y + room.height + 10.0 + row as f32 * 8.5;
                self.sheets.aligned((x, y), wide, line, style, Align::Center);
            }
        }
    }

    fn bars(&mut self, values: &[(&str, f32)], most: f32, room: Room) {
        let step = room.width / values.len() as f32;
        let wide = (step * 0.64).min(46.0);
        let mut shapes = Vec::new();
        for (at, (_, value)) in values.iter().enumerate() {
            let high = room.height * share(*value, most);
            let x = room.x + step * (at as f32 + 0.5) - wide / 2.0;
            if high > 0.0 {
                shapes.push(rectangle(x, room.y + room.height - high, wide, high));
            }
            if step >= 20.0 {
                let y = room.y + room.height - high - 2.5;
                let style = Style::regular(SMALL);
                self.sheets.aligned((x - 20.0, y), wide + 40.0, &number(*value), style, Align::Center);
            }
        }
        self.sheets.fill(shapes, PALETTE[0]);
    }

    fn points(&mut self, values: &[(&str, f32)], most: f32, room: Room) {
        let step = room.width / values.len() as f32;
        let place = |(at, (_, value)): (usize, &(&str, f32))| {
            (room.x + step * (at as f32 + 0.5), room.y + room.height * (1.0 - share(*value, most)), false)
        };
        let path: Path = values.iter().enumerate().map(place).collect();
        if path.len() <= 60 {
            let dots = path.iter().map(|(x, y, _)| slice((*x, *y), 2.0, 0.0, 1.0)).collect();
            self.sheets.fill(dots, PALETTE[0]);
        }
        if path.len() > 1 {
            self.sheets.line(path, 1.3, PALETTE[0], false);
        }
    }

    fn pie(&mut self, values: &[(&str, f32)], total: f32, room: Room) {
        let radius = (room.height / 2.0 - 4.0).min(room.width * 0.19);
        let center = (room.x + radius + 4.0, room.y + room.height / 2.0);
        let legend = center.0 + radius + 14.0;
        let style = Style::regular(8.5);
        let rows = values.len().min(PALETTE.len()) as f32;
        let mut y = center.1 - rows * 6.5 + 8.0;
        let mut from = 0.0;
        for (at, (name, value)) in values.iter().enumerate() {
            let part = value / total;
            let color = PALETTE[at % PALETTE.len()];
            if part > 0.0 {
                self.sheets.fill(vec![slice(center, radius, from, part)], color);
            }
            from += part;
            if at < PALETTE.len() {
                self.sheets.area((legend, y - 6.5), (7.0, 7.0), color);
                let numbers = format!(": {} ({:.0}%)", number(*value), part * 100.0);
                let room = room.x + room.width - legend - 11.0;
                let room = room - self.fonts().width(&numbers, style.weight, style.size);
                let name = self.fonts().few_lines(name, style.weight, style.size, room, 1).concat();
                self.sheets.text((legend + 11.0, y), &(name + &numbers), style);
                y += 13.0;
            }
        }
    }
}

/// A piece of a disc that begins after `from` of the whole and is `part` of it, clockwise from the top.
fn slice(center: (f32, f32), radius: f32, from: f32, part: f32) -> Path {
    let on = |share: f32, radius: f32| {
        let (sin, cos) = (share * std::f32::consts::TAU).sin_cos();
        (center.0 + radius * sin, center.1 - radius * cos)
    };
    // An eighth of a disc at a time: a curve that long is off by less than a thousandth.
    let steps = (part * 8.0).ceil().max(1.0);
    let step = part / steps;
    let handle = 4.0 / 3.0 * (step * std::f32::consts::TAU / 4.0).tan() * radius;
    let (x, y) = on(from, radius);
    let mut path =
        if part < 1.0 { vec![(center.0, center.1, false), (x, y, false)] } else { vec![(x, y, false)] };
    for at in 0..steps as usize {
        let (start, end) = (from + at as f32 * step, from + (at + 1) as f32 * step);
        let (a, b) = (on(start, radius), on(end, radius));
        let along = |share: f32| (share * std::f32::consts::TAU).sin_cos();
        let ((start_sin, start_cos), (end_sin, end_cos)) = (along(start), along(end));
        path.push((a.0 + handle * start_cos, a.1 + handle * start_sin, true));
        path.push((b.0 - handle * end_cos, b.1 - handle * end_sin, true));
        path.push((b.0, b.1, false));
    }
    path
}

fn share(value: f32, most: f32) -> f32 {
    if most > 0.0 { (value / most).clamp(0.0, 1.0) } else { 0.0 }
}

/// The next of 1, 2, 4, 5, 8, 10, 20, .. that is no smaller.
fn round_up(value: f32) -> f32 {
    let mut ten = 1.0;
    while ten * 10.0 < value && ten < 1e30 {
        ten *= 10.0;
    }
    [1.0, 2.0, 4.0, 5.0, 8.0, 10.0]
        .into_iter()
        .map(|step| step * ten)
        .find(|step| *step >= value)
        .unwrap_or(value)
}

/// A number without needless digits.
fn number(value: f32) -> String {
    let rounded = (f64::from(value) * 100.0).round() / 100.0;
    format!("{rounded}")
}
