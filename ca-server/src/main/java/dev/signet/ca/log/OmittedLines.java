package dev.signet.ca.log;

import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;

/// Says in a pattern how many lines of the same kind [LineBudget] left out before this one; nothing
/// where there were none. Stateless.
public final class OmittedLines extends ClassicConverter {

    @Override
    public String convert(ILoggingEvent event) {
        long omitted = LineBudget.omitted();
        return omitted == 0 ? "" : " (" + omitted + " more like this were not logged)";
    }
}
