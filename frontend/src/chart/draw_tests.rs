use super::*;

fn picture(values: &[Option<u64>]) -> Picture {
    let points: Vec<Point> = values
        .iter()
        .enumerate()
        .map(|(index, value)| Point {
            value: *value,
            previous: Some(10),
            is_running: index + 1 == values.len(),
            is_weekend: index == 1,
        })
        .collect();
    Picture {
        size: (600, 300),
        value_labels: value_axis(&points, |value| value.to_string()),
        points,
        ticks: vec![(0, "Mon <2>".to_owned())],
        ..Picture::default()
    }
}

#[test]
fn the_picture_is_classes_and_tenths_of_pixels_only() {
    let (marks, _) = draw(&picture(&[Some(3), Some(40), Some(20), Some(7)]));
    for class in
        ["grid grid--zero", "line line--cur", "line line--prev", "line line--partial", "area", "weekend", "tick"]
    {
        assert!(marks.contains(&format!("class=\"{class}\"")), "{class} is missing");
    }
    assert!(!marks.contains("style=") && !marks.contains("fill=") && !marks.contains('#'), "{marks}");
    assert!(marks.contains("Mon &lt;2&gt;"));
    let decimals = marks.split('.').skip(1).map(|rest| rest.chars().take_while(char::is_ascii_digit).count());
    assert!(decimals.into_iter().all(|digits| digits <= 1), "{marks}");
}

#[test]
fn points_lie_between_the_edges_of_the_plot_and_higher_values_higher() {
    let (_, geometry) = draw(&picture(&[Some(0), Some(40), Some(20), Some(7)]));
    let [left, top, right, bottom] = geometry.plot;
    assert_eq!(geometry.centers.first().copied(), Some(left));
    assert!((geometry.centers[3] - right).abs() <= 0.2, "{} {right}", geometry.centers[3]);
    let heights: Vec<f64> = geometry.values.iter().map(|height| height.unwrap()).collect();
    assert!((heights[0] - bottom).abs() <= 0.2, "zero lies on the axis");
    assert!(heights[1] < heights[2] && heights[2] < heights[3] && heights[1] >= top);
}

#[test]
fn the_running_bucket_is_not_part_of_the_solid_line() {
    let (marks, _) = draw(&picture(&[Some(1), Some(2), Some(3), Some(4)]));
    let solid = marks.split("line--cur").nth(1).and_then(|rest| rest.split('"').nth(2)).unwrap();
    assert_eq!(solid.split(' ').count(), 3, "{solid}");
}

#[test]
fn a_gap_splits_the_line_and_draws_no_point() {
    let (marks, geometry) = draw(&picture(&[None, None, Some(5), Some(6), None, Some(2), Some(3), Some(1)]));
    assert_eq!(marks.matches("line--cur").count(), 2);
    assert_eq!(geometry.values[..2], [None, None]);
    assert!(!marks.contains("NaN"));
}

#[test]
fn nothing_is_drawn_without_points_or_room() {
    assert_eq!(draw(&Picture::default()).0, "");
    let tiny = Picture { size: (30, 20), ..picture(&[Some(1), Some(2)]) };
    assert_eq!(draw(&tiny), (String::new(), Geometry::default()));
}

#[test]
fn one_bucket_and_all_zero_are_drawn_without_a_division_by_zero() {
    for values in [vec![Some(0)], vec![Some(0), Some(0), Some(0)], vec![None, None]] {
        let (marks, _) = draw(&picture(&values));
        assert!(!marks.contains("NaN") && !marks.contains("inf"), "{marks}");
    }
}

#[test]
fn the_nearest_bucket_is_found_from_a_pointer() {
    let (_, geometry) = draw(&picture(&[Some(1), Some(2), Some(3)]));
    let [left, _, right, _] = geometry.plot;
    assert_eq!(geometry.nearest(left - 50.0), Some(0));
    assert_eq!(geometry.nearest(right + 50.0), Some(2));
    assert_eq!(geometry.nearest(f64::midpoint(left, right) + 1.0), Some(1));
    assert_eq!(Geometry::default().nearest(1.0), None);
}

#[test]
fn end_labels_keep_36_pixels_apart_and_above_the_axis() {
    for current in 0..30 {
        for previous in 0..30 {
            let (current, previous) = apart(f64::from(current) * 10.0, Some(f64::from(previous) * 10.0), 272.0);
            let previous = previous.unwrap();
            assert!((current - previous).abs() >= 36.0, "{current} {previous}");
            assert!(current <= 254.0 && previous <= 268.0 && current >= 9.0 && previous >= 9.0, "{current} {previous}");
        }
    }
}
