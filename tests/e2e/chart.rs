//! The chart: its address, keys, dates, marks of the days, notes, table and people.

use api::features::demo::{OWNER_EMAIL, PASSWORD, VIEWER_EMAIL};
use serde_json::{Value, json};
use shared::dto::active_users::ActiveUsersSeries;
use shared::dto::client::Client;
use shared::dto::page::Page;
use shared::paths;
use tests::TestApp;

use crate::browser::Browser;
use crate::demo;

/// The dashboard of the demo account, with the marks of the days under its chart.
async fn dashboard(app: &TestApp) -> Browser {
    let browser = Browser::open(app).await;
    browser.log_in(OWNER_EMAIL, PASSWORD).await;
    marks(&browser).await;
    browser
}

/// Waits for the marks; keys listen from then on.
async fn marks(browser: &Browser) {
    browser.find(".lane__marks[data-settled] .marker").await;
    browser.until("the chart is settled", "return !document.querySelector('.chart[aria-busy=true]')").await;
}

async fn click(browser: &Browser, css: &str) {
    browser.find(css).await;
    browser.run("document.querySelector(arguments[0]).click()", vec![json!(css)]).await;
}

async fn click_text(browser: &Browser, text: &str) {
    let script = "const found = [...document.querySelectorAll('button, a')].find(one => one.innerText.trim() === arguments[0]); found?.click(); return !!found";
    assert_eq!(browser.run(script, vec![json!(text)]).await, json!(true), "no {text:?} to click");
}

async fn fill(browser: &Browser, css: &str, text: &str) {
    browser.find(css).await;
    let script = "const field = document.querySelector(arguments[0]); field.value = arguments[1]; field.dispatchEvent(new Event('input', { bubbles: true }))";
    browser.run(script, vec![json!(css), json!(text)]).await;
}

async fn until_address(browser: &Browser, address: &str) {
    let script = format!("return location.pathname + location.search === {}", json!(address));
    browser.until(&format!("the address {address}"), &script).await;
}

#[test]
fn single_keys_choose_ranges_steps_and_the_comparison() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = dashboard(&app).await;
        for (key, address, text) in [
            ("1", "/dashboard?range=7d", "1 week earlier"),
            ("3", "/dashboard?range=6m", "26 weeks earlier"),
            ("2", "/dashboard", "5 weeks earlier"),
            ("[", "/dashboard?from=2026-09-24&to=2026-10-23", "24 Sept – 23 Oct 2026"),
            ("]", "/dashboard", "Custom"),
            ("c", "/dashboard?compare=none", "Average"),
        ] {
            browser.press(key).await;
            until_address(&browser, address).await;
            browser.until_text(text).await;
        }
        browser.until("nothing is compared", "return !document.querySelector('.line--prev')").await;
        browser.press("c").await;
        until_address(&browser, "/dashboard").await;
        browser.until("it is compared again", "return !!document.querySelector('.line--prev')").await;
        // Where something is typed they are text.
        click(&browser, "#active-users-dates").await;
        browser.find("dialog[open] #chart-from").await;
        browser.run("document.querySelector('#chart-from').focus()", vec![]).await;
        browser.press("1").await;
        browser.press("Escape").await;
        browser.until("the dialog is gone", "return !document.querySelector('dialog[open]')").await;
        assert_eq!(browser.address().await, "/dashboard");
        // Switched off, none of them acts, now and later.
        click(&browser, "#active-users-options-opener").await;
        click(&browser, ".chart-options__keys input").await;
        browser.press("Escape").await;
        browser.client.refresh().await.unwrap();
        marks(&browser).await;
        for key in ["1", "3", "[", "c"] {
            browser.press(key).await;
        }
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        assert_eq!(browser.address().await, "/dashboard");
        browser.close().await;
    });
}

#[test]
fn custom_dates_survive_reload_back_and_a_pasted_link() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = dashboard(&app).await;
        click(&browser, "#active-users-dates").await;
        for (from, to, complaint) in [
            ("", "2026-10-14", "Enter the first day as a date."),
            ("2026-10-14", "2026-10-01", "The last day lies before the first."),
            ("2024-10-14", "2026-10-14", "At most 24 months can be shown at once."),
            ("2026-11-23", "2026-11-24", "The first day has not come yet."),
        ] {
            fill(&browser, "#chart-from", from).await;
            fill(&browser, "#chart-to", to).await;
            click_text(&browser, "Show these days").await;
            browser.until_text(complaint).await;
        }
        browser.check_accessibility("the dialog of two dates").await;
        fill(&browser, "#chart-from", "2026-10-01").await;
        fill(&browser, "#chart-to", "2026-10-14").await;
        click_text(&browser, "Show these days").await;
        let address = "/dashboard?from=2026-10-01&to=2026-10-14";
        until_address(&browser, address).await;
        let shown = "2 weeks earlier";
        browser.until_text(shown).await;
        let summary = browser.text(".chart__summary").await;
        browser.client.refresh().await.unwrap();
        browser.until_text(shown).await;
        assert_eq!(
            (browser.address().await, browser.text(".chart__summary").await),
            (address.to_owned(), summary.clone())
        );
        browser.client.back().await.unwrap();
        browser.until_text("5 weeks earlier").await;
        assert_eq!(browser.address().await, "/dashboard");
        browser.client.forward().await.unwrap();
        browser.until_text(shown).await;
        assert_eq!(browser.text(".chart__summary").await, summary);
        // Half of it is not understood; the rest of the link holds.
        browser.go("/dashboard?range=7d&from=2026-10-01&surprise=1").await;
        browser.until_text("Part of this link was not understood.").await;
        browser.until_text("1 week earlier").await;
        browser.close().await;
    });
}

#[test]
fn comparison_and_bucket_are_chosen_in_the_options_and_kept_in_the_address() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = dashboard(&app).await;
        click(&browser, "#active-users-options-opener").await;
        browser.find("#compare-year").await;
        browser.check_accessibility("the options of the chart").await;
        click(&browser, "#compare-year").await;
        until_address(&browser, "/dashboard?compare=year").await;
        click(&browser, "#bucket-week").await;
        until_address(&browser, "/dashboard?compare=year&bucket=week").await;
        let series: ActiveUsersSeries = app
            .log_in(OWNER_EMAIL, PASSWORD)
            .await
            .read(&format!("{}?range=30d&compare=year&bucket=week", paths::ACTIVE_USERS))
            .await;
        let average = format!("Average {} a week", series.summary.average.unwrap());
        browser.until_text(&average).await;
        browser.press("Escape").await;
        browser
            .until("the options are closed", "return document.activeElement.id === 'active-users-options-opener'")
            .await;
        browser.close().await;
    });
}

#[test]
fn marks_open_by_keyboard_and_tell_what_happened() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = dashboard(&app).await;
        for theme in ["light", "dark"] {
            browser.prefer(theme).await;
            for (width, height) in [(1440, 1000), (820, 1100), (390, 844), (320, 640)] {
                browser.size(width, height).await;
                marks(&browser).await;
                let boxes = "return [...document.querySelectorAll('.marker')].map(one => one.getBoundingClientRect()).every((one, index, all) => \
                    one.width >= 24 && one.height >= 24 && all.every((other, place) => place === index || Math.abs(other.x + 12 - one.x - 12) >= 26.5))";
                assert_eq!(browser.run(boxes, vec![]).await, json!(true), "targets at {width}");
                browser.run("document.querySelector('.chart__frame').focus()", vec![]).await;
                browser.press("Tab").await;
                let at = browser.run("return document.activeElement.className", vec![]).await;
                assert!(at.as_str().unwrap().starts_with("marker "), "Tab leads to {at} at {width}");
                browser.press("Enter").await;
                browser.find(".marks a[href^='/activations/']").await;
                assert_eq!(browser.address().await, "/dashboard", "the mark's own Enter is not the plot's");
                let what = format!("marks-{width}-{theme}");
                browser.picture(&what).await;
                browser.check_page(&what).await;
                browser.check_accessibility(&what).await;
                browser.press("Escape").await;
                let closed =
                    "return !document.querySelector('.marks') && document.activeElement.classList.contains('marker')";
                browser.until("the list is closed", closed).await;
            }
        }
        browser.close().await;
    });
}

#[test]
fn notes_are_written_changed_and_deleted_from_the_chart() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = dashboard(&app).await;
        click(&browser, "#active-users-options-opener").await;
        browser.find(".chart-options .menu__item").await;
        click_text(&browser, "Add a note").await;
        fill(&browser, "#note-on", "2026-11-11").await;
        fill(&browser, "#note-text", "Webinar for agencies").await;
        browser.check_accessibility("the dialog of a note").await;
        click_text(&browser, "Add note").await;
        click(&browser, ".marker[aria-label*='Webinar for agencies']").await;
        let told = |text: &str, who: &str| {
            format!(
                "return [...document.querySelectorAll('.marks__event')].some(one => one.innerText.includes({}) && one.innerText.includes({}))",
                json!(text),
                json!(who)
            )
        };
        browser.until("a note of one's own", &told("Webinar for agencies", "only you see it")).await;
        click(&browser, "[aria-label='Change Webinar for agencies']").await;
        let read = "return document.querySelector('#note-text')?.value === 'Webinar for agencies'";
        browser.until("the note is read", read).await;
        fill(&browser, "#note-text", "Fair in Hamburg").await;
        click(&browser, "dialog[open] .radio:not(:checked)").await;
        click_text(&browser, "Save").await;
        // The list stays open over what it was opened for.
        browser.until("a note of the team", &told("Fair in Hamburg", "seen by your team")).await;
        click(&browser, "[aria-label='Delete Fair in Hamburg']").await;
        let read = "return !!document.querySelector('dialog[open] dl')?.innerText.includes('Fair in Hamburg')";
        browser.until("the note is read", read).await;
        click_text(&browser, "Delete note").await;
        browser.until("it is gone", "return !document.querySelector(\".marker[aria-label*='Fair in Hamburg']\")").await;
        browser.close().await;

        // Who may not write is not offered it.
        let browser = Browser::open(&app).await;
        browser.log_in(VIEWER_EMAIL, PASSWORD).await;
        marks(&browser).await;
        click(&browser, "#active-users-options-opener").await;
        browser.until_text("Copy link to these days").await;
        assert!(!browser.text("main").await.contains("Add a note"));
        browser.close().await;
    });
}

#[test]
fn the_table_has_the_rows_of_the_csv_and_is_sorted_by_its_headers() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let browser = dashboard(&app).await;
        for query in
            ["range=7d", "range=6m", "from=2026-10-01&to=2026-10-14", "from=2025-06-01&to=2026-11-22&compare=year"]
        {
            browser.go(&format!("/dashboard?{query}")).await;
            marks(&browser).await;
            click_text(&browser, "Show data as a table").await;
            browser.find(".chart__table tbody tr").await;
            let script = "return [...document.querySelectorAll('.chart__table tbody tr')].map(row => \
                row.querySelector('time').dateTime + ' ' + (row.cells[1].innerText.match(/[0-9,]+/)?.[0] ?? '').replaceAll(',', ''))";
            let rows = browser.run(script, vec![]).await;
            let csv = caller.get(&format!("{}?{query}", paths::ACTIVE_USERS_CSV)).await.text();
            let of_csv: Vec<Value> = csv
                .lines()
                .skip(1)
                .map(|line| {
                    let cells: Vec<&str> = line.split(',').collect();
                    json!(format!("{} {}", cells[0], cells[2]))
                })
                .collect();
            assert!(of_csv.len() > 5, "{csv}");
            assert_eq!(rows, json!(of_csv), "{query}");
        }
        // The second column: descending, then ascending.
        let values = "return [...document.querySelectorAll('.chart__table tbody tr')].map(row => parseInt(row.cells[1].innerText.replaceAll(',', ''))).filter(value => !isNaN(value))";
        for (direction, sorted) in [("descending", "b - a"), ("ascending", "a - b")] {
            click(&browser, ".chart__table th:nth-child(2) button").await;
            browser.find(&format!(".chart__table th[aria-sort={direction}]")).await;
            let found = browser.run(values, vec![]).await;
            let script = format!("return [...arguments[0]].sort((a, b) => {sorted})");
            assert_eq!(found, browser.run(&script, vec![found.clone()]).await, "{direction}");
        }
        browser.check_accessibility("the table of the chart").await;
        browser.close().await;
    });
}

#[test]
fn a_point_opens_the_people_it_counts() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let browser = dashboard(&app).await;
        let series: ActiveUsersSeries = caller.read(&format!("{}?range=30d", paths::ACTIVE_USERS)).await;
        browser.run("document.querySelector('.chart__frame').focus()", vec![]).await;
        browser.press("Home").await;
        browser.until_text("Show the people").await;
        browser.press("Enter").await;
        until_address(&browser, "/reports/active-users?from=2026-10-24&to=2026-10-24").await;
        browser.until_text(&format!("{} people", series.points[0].value.unwrap())).await;
        // The same for one client, and out of the filter again.
        let clients: Page<Client> = caller.read(&format!("{}?limit=200", paths::CLIENTS)).await;
        let client = clients.items.iter().max_by_key(|client| client.active_activations).unwrap();
        let path = format!("{}?client={}&range=6m", paths::ACTIVE_USERS, client.id);
        let of_client: ActiveUsersSeries = caller.read(&path).await;
        let point = of_client.points.iter().find(|point| point.value > Some(1)).unwrap();
        browser
            .go(&format!("/reports/active-users?from={}&to={}&client={}", point.from_on, point.to_on, client.id))
            .await;
        browser.until_text(&format!("{} people", point.value.unwrap())).await;
        browser.check_accessibility("the people of a client").await;
        click(&browser, "[aria-label='Remove the filter Client']").await;
        until_address(&browser, &format!("/reports/active-users?from={}&to={}", point.from_on, point.to_on)).await;
        browser.close().await;
    });
}

/// Nothing moves from the first paint until the marks are there (D16).
#[test]
fn the_dashboard_does_not_shift_while_it_loads() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let browser = dashboard(&app).await;
        let watch = "window.__shift = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.__shift += entry.value; }).observe({ type: 'layout-shift', buffered: true })";
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": watch})).await;
        for (width, height) in [(1440, 1000), (820, 1100), (390, 844)] {
            browser.size(width, height).await;
            for address in
                ["/dashboard", "/dashboard?from=2026-10-01&to=2026-10-14", "/dashboard?range=6m&compare=year"]
            {
                browser.go(address).await;
                marks(&browser).await;
                let shift = browser.run("return window.__shift", vec![]).await.as_f64().unwrap();
                assert!(shift <= 0.02, "{address} at {width}: {shift}");
            }
        }
        browser.close().await;
    });
}

/// With its tooltip open, by Enter, by the tooltip's link and by Back: the next pages come as they should.
#[test]
fn a_chart_can_be_left_while_it_is_looked_at() {
    tests::block_on(async {
        let Some(app) = demo().await else { return };
        let caller = app.log_in(OWNER_EMAIL, PASSWORD).await;
        let clients: Page<Client> = caller.read(&format!("{}?limit=200", paths::CLIENTS)).await;
        let client = clients.items.iter().max_by_key(|client| client.active_activations).unwrap();
        let browser = dashboard(&app).await;
        for way in ["Enter", "link", "back"] {
            browser.run("document.querySelector('.side-nav a[href=\"/clients\"]').click()", vec![]).await;
            click(&browser, &format!("main a[href='/clients/{}']", client.id)).await;
            marks(&browser).await;
            browser.run("document.querySelector('.chart__frame').focus()", vec![]).await;
            browser.press("ArrowLeft").await;
            browser.find(".chart-tip__link").await;
            let heading = match way {
                "Enter" => {
                    browser.press("Enter").await;
                    "Active users"
                }
                "link" => {
                    click(&browser, ".chart-tip__link").await;
                    "Active users"
                }
                _ => {
                    browser.client.back().await.unwrap();
                    "Clients"
                }
            };
            for (heading, next) in [(heading, "/wallet"), ("Wallet", "/dashboard"), ("Dashboard", "/dashboard")] {
                let script = format!("return document.querySelector('h1')?.innerText === {}", json!(heading));
                browser.until(&format!("{way}: the page {heading}"), &script).await;
                browser.run(&format!("document.querySelector('.side-nav a[href=\"{next}\"]').click()"), vec![]).await;
            }
        }
        browser.close().await;
    });
}
