//! A real browser for one test: headless Chromium, driven through its driver.
//!
//! Watches for violations of the content security policy and requests to other origins from the first byte on.

use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tests::TestApp;

const AXE: &str = include_str!("vendor/axe.min.js");
const PATIENCE: Duration = Duration::from_secs(20);
/// Repeats of a key that is held on.
const LONGER: usize = 20;
/// Runs before anything else in every document.
const WATCH: &str = "window.__violations = []; document.addEventListener('securitypolicyviolation', \
    event => window.__violations.push(event.violatedDirective + ' ' + event.blockedURI));";

/// Whether this machine has a browser and its driver.
pub fn is_installed() -> bool {
    ["/usr/bin/chromium", "/usr/bin/chromedriver"].iter().all(|path| std::path::Path::new(path).exists())
}

/// The driver, shared by all tests of this process; it ends with the process.
fn driver() -> u16 {
    static DRIVER: OnceLock<(u16, Child)> = OnceLock::new();
    let (port, _) = DRIVER.get_or_init(|| {
        let port = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        // The shell ends the driver when its input closes, however this process ends.
        let script = r#"/usr/bin/chromedriver --port="$0" >/dev/null 2>&1 & driver=$!; cat >/dev/null; kill $driver"#;
        let keeper = Command::new("/bin/sh")
            .args(["-c", script, &port.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let deadline = Instant::now() + PATIENCE;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < deadline, "chromedriver did not start");
            std::thread::sleep(Duration::from_millis(50));
        }
        (port, keeper)
    });
    *port
}

/// A browser window at an app.
pub struct Browser {
    /// The driver's client.
    pub client: Client,
    base: String,
    session: String,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Opens a window.
    pub async fn open(app: &TestApp) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let arguments = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            &format!("--user-data-dir={}", profile.path().display()),
        ];
        let Value::Object(capabilities) = json!({"goog:chromeOptions": {"args": arguments}}) else { unreachable!() };
        let driver = driver();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{driver}"))
            .await
            .unwrap();
        let session = format!("http://127.0.0.1:{driver}/session/{}", client.session_id().await.unwrap().unwrap());
        let browser = Self { client, base: app.server.url(), session, _profile: profile };
        browser.devtools("Page.addScriptToEvaluateOnNewDocument", json!({"source": WATCH})).await;
        browser.devtools("Emulation.setLocaleOverride", json!({"locale": "en-GB"})).await;
        browser.size(1440, 1000).await;
        browser
    }

    /// Sends a command of the browser's own protocol.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({"cmd": command, "params": parameters});
        let answer =
            reqwest::Client::new().post(format!("{}/goog/cdp/execute", self.session)).json(&body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["value"].clone()
    }

    /// Sets the size of the page in CSS pixels.
    pub async fn size(&self, width: u32, height: u32) {
        let metrics = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Prefers the light or the dark theme.
    pub async fn prefer(&self, theme: &str) {
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": theme}]});
        self.devtools("Emulation.setEmulatedMedia", features).await;
    }

    /// Opens an address of the app.
    pub async fn go(&self, path: &str) {
        self.client.goto(&format!("{}{path}", self.base)).await.unwrap();
    }

    /// Path and query of the page.
    pub async fn address(&self) -> String {
        let url = self.client.current_url().await.unwrap();
        url.as_str().trim_start_matches(&self.base).to_owned()
    }

    /// Waits for an element.
    pub async fn find(&self, css: &str) -> Element {
        match self.client.wait().at_most(PATIENCE).for_element(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css} at {}: {error}\n{}", self.address().await, self.text("body").await),
        }
    }

    /// The text of the first such element, as people see it.
    pub async fn text(&self, css: &str) -> String {
        let script = "return document.querySelector(arguments[0])?.innerText ?? ''";
        self.run(script, vec![json!(css)]).await.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until a script returns true.
    pub async fn until(&self, what: &str, script: &str) {
        let deadline = Instant::now() + PATIENCE;
        while self.run(script, vec![]).await != json!(true) {
            if Instant::now() > deadline {
                self.picture("failed").await;
                let text = self.text("body").await.replace('\n', " ");
                panic!("{what} did not happen at {}: {text}", self.address().await);
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Waits until the page shows a text.
    pub async fn until_text(&self, text: &str) {
        let quoted = json!(text).to_string();
        self.until(&format!("{text:?}"), &format!("return document.body.innerText.includes({quoted})")).await;
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Types a text where the focus is.
    pub async fn type_text(&self, text: &str) {
        self.devtools("Input.insertText", json!({"text": text})).await;
    }

    /// Presses one key where the focus is: `ArrowRight`, `Enter`, `7`.
    pub async fn press(&self, key: &str) {
        let code = match key {
            "Tab" => 9,
            "Enter" => 13,
            "Escape" => 27,
            "End" => 35,
            "Home" => 36,
            "ArrowLeft" => 37,
            "ArrowRight" => 39,
            _ => u32::from(key.chars().next().unwrap()),
        };
        let text = if key == "Enter" {
            "\r"
        } else if key.len() == 1 {
            key
        } else {
            ""
        };
        for kind in [if text.is_empty() { "rawKeyDown" } else { "keyDown" }, "keyUp"] {
            let event = json!({"type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text});
            self.devtools("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Presses Tab until what has the focus begins with a text, as people do who use no mouse.
    pub async fn tab_to(&self, text: &str) {
        for _ in 0..150 {
            self.press("Tab").await;
            let script = "const at = document.activeElement; return at.matches('a, button, input') ? (at.innerText || at.getAttribute('aria-label') || at.id).trim() : ''";
            if self.run(script, vec![]).await.as_str().is_some_and(|shown| shown.starts_with(text)) {
                return;
            }
        }
        panic!("Tab does not lead to {text:?} at {}", self.address().await);
    }

    /// Reaches a button by keyboard and presses it.
    pub async fn act(&self, button: &str) {
        self.tab_to(button).await;
        self.press("Enter").await;
    }

    /// Holds a key down for some repeats.
    pub async fn hold_enter(&self, repeats: usize) {
        self.enter("keyDown", false).await;
        for _ in 0..repeats {
            self.enter("keyDown", true).await;
        }
        self.enter("keyUp", false).await;
    }

    async fn enter(&self, kind: &str, is_repeat: bool) {
        let event = json!({"type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r", "autoRepeat": is_repeat});
        self.devtools("Input.dispatchKeyEvent", event).await;
    }

    /// Holds Enter down from what has the focus until the page says this, and a while longer.
    pub async fn hold_enter_past(&self, text: &str) {
        self.enter("keyDown", false).await;
        let script = format!("return document.body.innerText.includes({})", json!(text));
        let (deadline, mut more) = (Instant::now() + PATIENCE, LONGER);
        while more > 0 {
            assert!(Instant::now() < deadline, "{text:?} did not come while Enter was held");
            self.enter("keyDown", true).await;
            // As fast as a keyboard repeats: the focus comes back meanwhile.
            tokio::time::sleep(Duration::from_millis(30)).await;
            if more < LONGER || self.run(&script, vec![]).await == json!(true) {
                more -= 1;
            }
        }
        self.enter("keyUp", false).await;
    }

    /// Logs in through the form.
    pub async fn log_in(&self, email: &str, password: &str) {
        self.go("/login").await;
        self.find("#email").await.send_keys(email).await.unwrap();
        self.find("#password").await.send_keys(password).await.unwrap();
        self.press("Enter").await;
    }

    /// What axe finds wrong with the page as it stands; colours included.
    pub async fn check_accessibility(&self, what: &str) {
        self.client.execute(AXE, vec![]).await.unwrap();
        let script = "const done = arguments[arguments.length - 1]; axe.run(document, { resultTypes: ['violations'] }).then(found => \
            done(found.violations.map(one => one.id + ': ' + one.nodes.map(node => node.target + ' ' + node.failureSummary).join(' | '))), \
            error => done(['axe failed: ' + error]));";
        let found = self.client.execute_async(script, vec![]).await.unwrap();
        assert_eq!(found, json!([]), "accessibility of {what}");
    }

    /// Nothing was blocked by the policy, nothing came from elsewhere, nothing sticks out sideways.
    pub async fn check_page(&self, what: &str) {
        let violations = self.run("return window.__violations", vec![]).await;
        assert_eq!(violations, json!([]), "content security policy at {what}");
        let script = "return performance.getEntriesByType('resource').map(entry => entry.name).filter(name => !name.startsWith(location.origin))";
        assert_eq!(self.run(script, vec![]).await, json!([]), "requests to other origins at {what}");
        let errors = self
            .run(
                "return [...document.querySelectorAll('.empty__icon--bad')].map(icon => icon.parentElement.innerText)",
                vec![],
            )
            .await;
        assert_eq!(errors, json!([]), "{what} shows an error");
        let overhang = self
            .run("return document.documentElement.scrollWidth - document.documentElement.clientWidth", vec![])
            .await;
        assert_eq!(overhang, json!(0), "the page scrolls sideways at {what}");
    }

    /// Saves what the whole page looks like, for people to look at.
    pub async fn picture(&self, name: &str) {
        use base64::Engine as _;
        let shot = self.devtools("Page.captureScreenshot", json!({"captureBeyondViewport": true})).await;
        let bytes = base64::engine::general_purpose::STANDARD.decode(shot["data"].as_str().unwrap()).unwrap();
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/pictures");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes).unwrap();
    }

    /// Closes the window.
    pub async fn close(self) {
        self.client.close().await.unwrap();
    }
}
