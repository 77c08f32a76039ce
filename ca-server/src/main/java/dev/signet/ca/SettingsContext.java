package dev.signet.ca;

import org.springframework.boot.Banner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.context.ConfigurableApplicationContext;

import java.util.ArrayList;
import java.util.List;

/// Settings without a server.
final class SettingsContext {

    private SettingsContext() {}

    /// Reads settings from where [CaServer] takes them. The caller closes it.
    ///
    /// @param configuration binds the settings that are wanted, and makes nothing else
    /// @param arguments a command line
    /// @throws StartFailedException when the settings themselves are wrong
    static ConfigurableApplicationContext of(Class<?> configuration, List<String> arguments) {
        if (System.getProperty("org.springframework.boot.logging.LoggingSystem") == null) {
            System.setProperty("org.springframework.boot.logging.LoggingSystem", "none");
        }
        SpringApplication application = new SpringApplication(configuration);
        application.setWebApplicationType(WebApplicationType.NONE);
        application.setBannerMode(Banner.Mode.OFF);
        application.setLogStartupInfo(false);
        application.setRegisterShutdownHook(false);
        List<String> all = new ArrayList<>(arguments);
        all.add("--spring.config.name=signet");
        try {
            return application.run(all.toArray(String[]::new));
        } catch (RuntimeException e) {
            String sentence = StartFailureAnalyzer.sentence(e);
            throw new StartFailedException(
                    sentence == null ? String.valueOf(e.getMessage()) : sentence, e, true);
        }
    }
}
