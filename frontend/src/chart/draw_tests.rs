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

fn banded(bands: Vec<Band>) -> String {
    let values: Vec<Option<u64>> = (0..30).map(|day| Some(20 + day % 7)).collect();
    draw(&Picture { bands, peak: Some((6, "Peak 26".to_owned())), ..picture(&values) }).0
}

fn band(first: usize, last: usize, is_paused: bool) -> Band {
    Band { first, last, label: "Below usual".to_owned(), is_paused }
}

#[test]
fn bands_are_hatched_or_plain_with_edges_and_a_name() {
    let quiet = banded(vec![band(20, 24, false)]);
    assert!(quiet.contains(r#"class="band band--quiet""#) && quiet.contains(r#"id="hatch""#), "{quiet}");
    assert_eq!((quiet.matches("band__edge").count(), quiet.matches(">Below usual<").count()), (2, 1));
    let paused = banded(vec![band(20, 24, true)]);
    assert!(paused.contains(r#"class="band""#) && !paused.contains("hatch"), "{paused}");
    assert!(!banded(Vec::new()).contains("band"));
}

#[test]
fn labels_of_bands_stand_apart_and_stay_over_the_plot() {
    // Two bands beside each other and one below the peak: a label is moved, or left out, but never written over another.
    let marks = banded(vec![band(5, 7, false), band(9, 11, false), band(13, 15, false), band(27, 29, false)]);
    let places: Vec<(f64, f64)> = marks
        .split("<text class=\"mark")
        .skip(1)
        .map(|label| {
            let number = |name: &str| label.split(name).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
            (number(" x=\"").parse().unwrap(), number(" y=\"").parse().unwrap())
        })
        .collect();
    assert!(places.len() >= 4, "{marks}");
    for (index, (x, y)) in places.iter().enumerate() {
        assert!(
            places[..index].iter().all(|other| (x - other.0).abs() > 50.0 || (y - other.1).abs() > 16.0),
            "{places:?}"
        );
        assert!((40.0..=600.0).contains(x) && *y > 0.0, "{places:?}");
    }
}

#[test]
fn a_gap_says_that_there_is_no_data_where_the_note_fits() {
    let values = |gap: usize| (0..30).map(|day| (day >= gap).then_some(5)).collect::<Vec<_>>();
    let marks = |gap| draw(&Picture { gap: "no data".to_owned(), ..picture(&values(gap)) }).0;
    assert!(marks(10).contains(">no data<") && marks(30).contains(">no data<"));
    assert!(!marks(0).contains(">no data<") && !marks(2).contains(">no data<"));
}

#[test]
fn a_lane_takes_its_room_from_the_plot() {
    let values = [Some(3), Some(40), Some(20), Some(7)];
    let (_, without) = draw(&picture(&values));
    let (_, with) = draw(&Picture { has_lane: true, ..picture(&values) });
    assert!((without.plot[3] - with.plot[3] - 26.0).abs() < 0.2, "{without:?} {with:?}");
    assert_eq!(without.centers, with.centers);
}
