package dev.signet.ca.rest;

import dev.signet.ca.admin.AdminActs;
import dev.signet.ca.attestation.Attestation;
import dev.signet.ca.audit.AuditTrail;
import dev.signet.ca.audit.RefusalRecords;
import dev.signet.ca.policy.PolicyWorkers;
import dev.signet.ca.privilege.Privileges;
import dev.signet.ca.wire.OperatorCredential;

import io.micrometer.core.instrument.MeterRegistry;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.json.JacksonJsonHttpMessageConverter;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.header.HeaderWriterFilter;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.HandlerExceptionResolver;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurationSupport;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import tools.jackson.databind.json.JsonMapper;

import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/// What is behind the admin port: every controller by name, JSON, problems, who is let in. A child
/// of the server's own context.
@Configuration(proxyBeanMethods = false)
@Import({
    ServerController.class,
    DocumentController.class,
    CertificateController.class,
    AuthorityController.class,
    CrlController.class,
    KeyController.class,
    FederationController.class,
    AuthorityActController.class,
    AuthorityIntakeController.class,
    AuditController.class,
    JoinTokenController.class,
    PolicyController.class,
    ReplayController.class,
    RevocationController.class,
    RevocationJobController.class,
    BlockController.class,
    SuspensionController.class,
    ReissueController.class,
    RecoveryController.class,
    ApprovalController.class,
    BodyChecks.class
})
class RestContext extends WebMvcConfigurationSupport {

    @Bean
    JsonMapper restMapper() {
        return RestJson.mapper();
    }

    @Bean
    Problems problems(JsonMapper mapper) {
        return new Problems(mapper);
    }

    @Bean
    Streams streams(JsonMapper mapper, AdminSettings settings) {
        return new Streams(mapper, settings.limits());
    }

    @Bean(destroyMethod = "close")
    PolicyWorkers replayWorkers(AdminSettings settings) {
        // The stream ends itself at the deadline; this is for one that does not.
        return PolicyWorkers.forStreams(
                "signet-replay", settings.limits().streamDeadline().plusSeconds(10));
    }

    @Bean
    Writes writes(
            CompletedWrites completed, TransactionOperations transactions, JsonMapper mapper) {
        return new Writes(completed, transactions, mapper);
    }

    @Bean
    Logins logins(
            AdminSettings settings,
            Privileges privileges,
            OperatorCredential operator,
            Attestation attestation,
            AdminActs acts,
            AuditTrail trail,
            RefusalRecords refusals,
            InstantSource clock) {
        return new Logins(
                settings, privileges, operator, attestation, acts, trail, refusals, clock);
    }

    @Bean
    FilterChainProxy springSecurityFilterChain(
            AdminSettings settings, Logins logins, Problems problems, MeterRegistry registry) {
        HeaderWriterFilter headers = new HeaderWriterFilter(SecurityHeaders.writers());
        headers.setShouldWriteHeadersEagerly(true);
        FilterChainProxy chain =
                new FilterChainProxy(
                        new DefaultSecurityFilterChain(
                                AnyRequestMatcher.INSTANCE,
                                headers,
                                new EdgeFilter(
                                        logins, problems, registry, settings.limits().requests())));
        // Refuses odd paths; odd methods are refused after the login, as resources do not know
        // them.
        StrictHttpFirewall firewall = new StrictHttpFirewall();
        firewall.setUnsafeAllowAnyHttpMethod(true);
        chain.setFirewall(firewall);
        return chain;
    }

    @Override
    protected void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        JacksonJsonHttpMessageConverter json =
                new JacksonJsonHttpMessageConverter(RestJson.mapper());
        json.setSupportedMediaTypes(List.of(MediaType.APPLICATION_JSON));
        builder.disableDefaults().withJsonConverter(json);
    }

    @Override
    protected void configureContentNegotiation(ContentNegotiationConfigurer negotiation) {
        negotiation.favorParameter(false);
    }

    @Override
    protected void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(new Permissions());
    }

    @Override
    protected void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(new Arguments());
    }

    @Override
    protected void configureHandlerExceptionResolvers(List<HandlerExceptionResolver> resolvers) {
        resolvers.add(new Problems(RestJson.mapper()));
    }

    @Override
    protected RequestMappingHandlerMapping createRequestMappingHandlerMapping() {
        return new Mapping();
    }

    /// OPTIONS is a method like any other that no resource knows.
    private static final class Mapping extends RequestMappingHandlerMapping {
        @Override
        protected @org.jspecify.annotations.Nullable HandlerMethod handleNoMatch(
                Set<RequestMappingInfo> infos, String path, HttpServletRequest request)
                throws jakarta.servlet.ServletException {
            if (request.getMethod().equals("OPTIONS")) {
                Set<String> allowed = new TreeSet<>();
                for (RequestMappingInfo info : infos) {
                    var patterns = info.getPathPatternsCondition();
                    if (patterns != null && patterns.getMatchingCondition(request) != null) {
                        info.getMethodsCondition()
                                .getMethods()
                                .forEach(method -> allowed.add(method.name()));
                    }
                }
                if (!allowed.isEmpty()) {
                    throw new HttpRequestMethodNotSupportedException(
                            HttpMethod.OPTIONS.name(), allowed);
                }
            }
            return super.handleNoMatch(infos, path, request);
        }
    }
}
